import type { Instruction } from '../compiler.ts'
import type { Run } from '../run.ts'
import { define } from '../statement.ts'
import type { Block, Statement } from '../tree.ts'

export interface Guarded extends Statement {
  kind: 'guarded'
  body: Statement
  handler: Block
}

/** A statement with its `ON failure:` block. The grammar reads it, as it may stand below any statement. */
export const guarded = define<Guarded>({
  kind: 'guarded',
  forms: { ON: 'ON failure:' },
  syntax: { read: null, ebnf: null },
  print: ({ body, handler }, printer) => printer.same([body]) + printer.headed('ON failure', handler),
  parts: ({ body, handler }) => ({ blocks: [[body], handler] }),
  sets: () => [],
  does: {
    build: ({ line, body, handler }, compiler) => {
      const guard = compiler.add({ op: 'guard', line, handler: 0 })
      compiler.one(body)
      compiler.add({ op: 'leave', line })
      const over = compiler.jump(line)
      guard.handler = compiler.here
      compiler.block(handler)
      over.to = compiler.here
    },
    ops: {
      guard: ({ handler }: Instruction & { handler: number }, { stack }: Run) =>
        void stack.push({ kind: 'guard', handler }),
    },
  },
})
