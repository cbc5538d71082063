import { types } from '../../options/index.ts'
import { asName, object, word } from '../slots.ts'
import { define } from '../statement.ts'
import type { Entry, Statement } from '../tree.ts'

interface Coordinate extends Statement {
  kind: 'coordinate'
  request: readonly Entry[]
  name: string | null
}

/** Brings agents together. */
export const coordinate = define<Coordinate>({
  kind: 'coordinate',
  forms: { COORDINATE: 'COORDINATE { type: "barrier", agents: agents, timeout: 60s } AS ready' },
  syntax: { slots: [word('COORDINATE'), object('request'), asName] },
  options: {
    word: 'COORDINATE',
    of: ({ request }) => request,
    isRequest: true,
    needs: ['type', 'agents'],
    table: {
      type: types.oneOf('barrier', 'checkpoint', 'turns'),
      agents: types.any,
      timeout: types.duration,
      options: types.objectOf({
        name: types.any,
        point: types.any,
        task: types.any,
        turn_duration: types.duration,
        max_rounds: types.whole({ least: 1 }),
      }),
    },
  },
  does: { request: (_, __, request) => ({ kind: 'coordinate', request }) },
})
