import type { Run } from '../run.ts'
import { word } from '../slots.ts'
import { define } from '../statement.ts'
import type { Statement } from '../tree.ts'
import { innermost } from './innermost.ts'

interface Break extends Statement {
  kind: 'break'
}

/** Ends the loop around it. */
export const break_ = define<Break>({
  kind: 'break',
  forms: { BREAK: 'BREAK' },
  syntax: { slots: [word('BREAK')] },
  does: {
    build: (statement, compiler) => {
      if (!compiler.inLoop)
        compiler.fail(
          statement,
          'BREAK is outside of a loop.',
          'Write it in the block of a FOR, FOREACH or WHILE. It cannot leave a PARALLEL.',
        )
      compiler.add({ op: 'break', line: statement.line })
    },
    ops: {
      break: (_: unknown, { stack }: Run) => {
        const { exit } = innermost(stack)
        stack.pop()
        return exit
      },
    },
  },
})
