import { types } from '../../options/index.ts'
import { asName, object, word } from '../slots.ts'
import { define } from '../statement.ts'
import type { Entry, Statement } from '../tree.ts'

interface Query extends Statement {
  kind: 'query'
  request: readonly Entry[]
  name: string | null
}

/** Looks something up. */
export const query = define<Query>({
  kind: 'query',
  forms: { QUERY: 'QUERY { query_type: "agents", filters: { role: "worker" } } AS workers' },
  syntax: { slots: [word('QUERY'), object('request'), asName] },
  options: {
    word: 'QUERY',
    of: ({ request }) => request,
    isRequest: true,
    needs: ['query_type'],
    table: {
      query_type: types.oneOf('agents', 'tracked', 'context'),
      filters: types.object,
      limit: types.whole({ least: 1 }),
    },
  },
  does: { request: (_, __, request) => ({ kind: 'query', request }) },
})
