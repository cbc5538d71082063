import { types } from '../../options/index.ts'
import { asName, object, word } from '../slots.ts'
import { define } from '../statement.ts'
import type { Entry, Statement } from '../tree.ts'
import { SAID } from './said.ts'
interface Track extends Statement {
  kind: 'track'
  entry: readonly Entry[]
  name: string | null
}

/** Notes something. */
export const track = define<Track>({
  kind: 'track',
  forms: { TRACK: 'TRACK { type: "decision", data: { round: 3 } }' },
  syntax: { slots: [word('TRACK'), object('entry'), asName] },
  options: {
    word: 'TRACK',
    of: ({ entry }) => entry,
    isRequest: true,
    needs: ['type'],
    table: { type: SAID, data: types.any },
  },
  does: { request: (_, __, entry) => ({ kind: 'track', entry }) },
})
