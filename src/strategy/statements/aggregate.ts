import { types } from '../../options/index.ts'
import { asName, object, word } from '../slots.ts'
import { define } from '../statement.ts'
import type { Entry, Statement } from '../tree.ts'

interface Aggregate extends Statement {
  kind: 'aggregate'
  request: readonly Entry[]
  name: string | null
}

/** Puts values together. */
export const aggregate = define<Aggregate>({
  kind: 'aggregate',
  forms: { AGGREGATE: 'AGGREGATE { data: responses, method: "statistical", options: { metric: "mean" } } AS scores' },
  syntax: { slots: [word('AGGREGATE'), object('request'), asName] },
  options: {
    word: 'AGGREGATE',
    of: ({ request }) => request,
    isRequest: true,
    needs: ['method'],
    table: {
      data: types.any,
      responses: types.any,
      method: types.oneOf('statistical', 'consensus', 'weighted_consensus', 'vote', 'majority', 'merge', 'custom'),
      options: types.object,
    },
  },
  does: { request: (_, __, request) => ({ kind: 'aggregate', request }) },
})
