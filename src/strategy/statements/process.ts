import { asName, value, word } from '../slots.ts'
import { define } from '../statement.ts'
import type { Statement, Value } from '../tree.ts'

interface Process extends Statement {
  kind: 'process'
  value: Value
  name: string | null
}

/** Asks the orchestrating agent what follows from a value. */
export const process = define<Process>({
  kind: 'process',
  forms: { PROCESS: 'PROCESS responses AS summary' },
  syntax: { slots: [word('PROCESS'), value('value'), asName] },
  sets: ({ name }) => [name ?? 'processed'],
  does: { request: ({ value: given }, values) => ({ kind: 'process', value: values.message(given, 'PROCESS') }) },
})
