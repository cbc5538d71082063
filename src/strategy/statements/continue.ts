import type { Run } from '../run.ts'
import { word } from '../slots.ts'
import { define } from '../statement.ts'
import type { Statement } from '../tree.ts'
import { innermost } from './innermost.ts'

interface Continue extends Statement {
  kind: 'continue'
}

/** Goes on with the next item of the loop around it. */
export const continue_ = define<Continue>({
  kind: 'continue',
  forms: { CONTINUE: 'CONTINUE' },
  syntax: { slots: [word('CONTINUE')] },
  does: {
    build: (statement, compiler) => {
      if (!compiler.inLoop)
        compiler.fail(
          statement,
          'CONTINUE is outside of a loop.',
          'Write it in the block of a FOR, FOREACH or WHILE. It cannot leave a PARALLEL.',
        )
      compiler.add({ op: 'continue', line: statement.line })
    },
    ops: {
      continue: (_: unknown, { stack }: Run) => innermost(stack).head,
    },
  },
})
