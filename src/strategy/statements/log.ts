import { textOf } from '../json.ts'
import { value, word } from '../slots.ts'
import { define } from '../statement.ts'
import type { Statement, Value } from '../tree.ts'

export interface Log extends Statement {
  kind: 'log'
  value: Value
}

/** Writes a line into the trace. */
export const log = define<Log>({
  kind: 'log',
  forms: { LOG: 'LOG "round over"' },
  syntax: { slots: [word('LOG'), value('value')] },
  does: {
    isSaid: true,
    request: ({ value: given }, values) => ({ kind: 'log', text: textOf(values.of(given)) }),
  },
})
