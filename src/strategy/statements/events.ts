import { types } from '../../options/index.ts'
import { asName, object, word } from '../slots.ts'
import { define } from '../statement.ts'
import type { Entry, Statement } from '../tree.ts'

interface Events extends Statement {
  kind: 'events'
  request: readonly Entry[]
  name: string | null
}

/** Waits for events of agents. */
export const events = define<Events>({
  kind: 'events',
  forms: {},
  syntax: { slots: [word('AWAIT'), object('request'), asName] },
  options: {
    word: 'AWAIT',
    of: ({ request }) => request,
    isRequest: true,
    table: {
      from: types.any,
      event_pattern: types.textNotEmpty,
      min_responses: types.whole({ least: 0 }),
      max_responses: types.whole({ least: 1 }),
      timeout: types.duration,
      collect_partial: types.boolean,
    },
  },
  does: { request: (_, __, options) => ({ kind: 'events', options }) },
})
