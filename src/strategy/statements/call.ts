import { define } from '../statement.ts'
import type { Statement, Value } from '../tree.ts'

export interface Call extends Statement {
  kind: 'call'
  name: string | null
  function: string
  arguments: readonly Value[]
}

/** Calls a function of the test, or of a library. */
export const call = define<Call>({
  kind: 'call',
  forms: { CALL: 'result = CALL score(responses)' },
  syntax: {
    ebnf: '"CALL" NAME "(" [ value { "," value } ] ")"',
    read: (reader) => {
      const read = reader.read(1, 'call')
      return { ...read, name: null }
    },
  },
  print: ({ name, function: called, arguments: given }, printer) =>
    printer.line(`${name === null ? '' : `${name} = `}CALL ${called}(${given.map(printer.value).join(', ')})`),
  parts: ({ arguments: given }) => ({ values: given }),
  does: {
    request: ({ function: called, arguments: given }, values) => ({
      kind: 'call',
      function: called,
      arguments: given.map((argument) => values.of(argument)),
    }),
  },
})
