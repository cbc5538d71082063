import { types } from '../../options/index.ts'
import type { Instruction } from '../compiler.ts'
import { millisecondsOf } from '../duration.ts'
import { shown } from '../expression/index.ts'
import { Failed } from '../failed.ts'
import { placeIn } from '../places.ts'
import type { Run } from '../run.ts'
import { block, expression, options, word } from '../slots.ts'
import { define } from '../statement.ts'
import type { Block, Entry, Expression, Statement } from '../tree.ts'

interface Retry extends Statement {
  kind: 'retry'
  times: Expression
  options: readonly Entry[]
  body: Block
}

interface RetryOp extends Instruction {
  op: 'retry'
  times: Expression
  options: readonly Entry[]
}

const FIRST_BACKOFF_MS = 1_000
const TABLE = { backoff: types.duration }
const TIMES = types.whole({ least: 1, most: 1_000_000 })

/** Runs a block again where it fails. */
export const retry = define<Retry>({
  kind: 'retry',
  forms: { RETRY: 'RETRY 3:' },
  syntax: { slots: [word('RETRY'), expression('times'), options, block] },
  constants: ({ times }) => [{ expression: times, type: TIMES, owner: 'RETRY' }],
  options: { word: 'RETRY', of: ({ options: given }) => given, table: TABLE },
  does: {
    build: (statement, compiler) => {
      const { line, times, options: given, body } = statement
      compiler.add<RetryOp>({ op: 'retry', line, times, options: given })
      compiler.block(body)
      compiler.add({ op: 'leave', line })
    },
    ops: {
      retry: ({ times: wanted, options: given }: RetryOp, { values, stack, pc }: Run) => {
        const times = values.expression(wanted)
        if (!TIMES.fits(times))
          throw new Failed('type', `RETRY needs ${TIMES.needs}, not ${shown(times)}.`, { place: placeIn(wanted) })
        const { backoff } = values.options('RETRY', given, TABLE)
        stack.push({
          kind: 'retry',
          left: Number(times) - 1,
          attempt: 1,
          start: pc + 1,
          backoffMs: backoff === undefined ? FIRST_BACKOFF_MS : millisecondsOf(backoff),
        })
      },
    },
  },
})
