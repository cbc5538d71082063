import type { Instruction } from '../compiler.ts'
import type { Run } from '../run.ts'
import { block, condition, word } from '../slots.ts'
import { define } from '../statement.ts'
import type { Block, Condition, Statement } from '../tree.ts'

interface While extends Statement {
  kind: 'while'
  condition: Condition
  body: Block
}

/** Runs a block as long as a condition holds. */
export const while_ = define<While>({
  kind: 'while',
  forms: { WHILE: 'WHILE rounds < 10:' },
  syntax: { slots: [word('WHILE'), condition('condition'), block] },
  does: {
    build: ({ line, condition: asked, body }, compiler) => {
      const loop = compiler.add({ op: 'while', line, exit: 0 })
      const head = compiler.here
      const branch = compiler.branch(asked, line)
      compiler.block(body, { inLoop: true })
      compiler.jump(line).to = head
      branch.otherwise = compiler.here
      compiler.add({ op: 'leave', line })
      loop.exit = compiler.here
    },
    ops: {
      while: ({ exit }: Instruction & { exit: number }, { stack, pc }: Run) =>
        void stack.push({ kind: 'while', head: pc + 1, exit }),
    },
  },
})
