import type { Instruction } from '../compiler.ts'
import type { Run } from '../run.ts'
import { block, word } from '../slots.ts'
import { define } from '../statement.ts'
import type { Block, Statement } from '../tree.ts'

interface Parallel extends Statement {
  kind: 'parallel'
  body: Block
}

interface Fork extends Instruction {
  op: 'fork'
  branches: readonly number[]
  join: number
}

/** Runs the statements of its block at the same time. */
export const parallel = define<Parallel>({
  kind: 'parallel',
  forms: { PARALLEL: 'PARALLEL:' },
  syntax: { slots: [word('PARALLEL'), block] },
  does: {
    build: ({ line, body }, compiler) => {
      const branches: number[] = []
      const fork = compiler.add<Fork>({ op: 'fork', line, branches, join: 0 })
      for (const child of body) {
        branches.push(compiler.here)
        compiler.one(child, { inLoop: false })
        compiler.add({ op: 'end', line: child.line })
      }
      fork.join = compiler.here
    },
    ops: { fork: ({ branches, join }: Fork, run: Run) => run.fork(branches, join) },
  },
})
