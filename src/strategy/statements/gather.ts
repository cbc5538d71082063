import { types } from '../../options/index.ts'
import { define } from '../statement.ts'
import type { Entry, Statement, Value } from '../tree.ts'
import { storeGathered } from './gathered.ts'
import { SAID } from './said.ts'

export interface Gather extends Statement {
  kind: 'gather'
  name: string
  from: Value
  options: readonly Entry[]
}

const FORM = 'GATHER responses FROM agents WITH timeout: 15s, at_least: 2'

/** Asks agents at the same time, and waits for their answers. */
export const gather = define<Gather>({
  kind: 'gather',
  forms: { GATHER: FORM },
  syntax: {
    ebnf: '"GATHER" [ NAME ] "FROM" value [ options ]',
    read: (reader) => {
      const word = reader.ahead(1)
      const read = reader.read(1, 'gather')
      return reader.act(() =>
        read.name === '' ? reader.refuse(word, 'GATHER needs a name for the answers.', `The form is: ${FORM}`) : read,
      )
    },
  },
  print: ({ name, from, options }, printer) =>
    printer.line(`GATHER ${name} FROM ${printer.value(from)}${printer.options(options)}`),
  options: {
    word: 'GATHER',
    of: ({ options }) => options,
    table: {
      prompt: SAID,
      timeout: types.duration,
      at_least: types.whole({ least: 0 }),
      enough: types.whole({ least: 1 }),
      extend_for: types.whole({ least: 0 }),
      sequential: types.boolean,
      late: types.oneOf('cancel', 'keep'),
      redistribute: types.boolean,
      tasks: types.list,
      model: types.textNotEmpty,
      max_tokens: types.whole({ least: 1, most: 100_000_000 }),
    },
  },
  parts: ({ from, options }) => ({ symbols: [from], entries: options }),
  sets: ({ name }) => [name, 'missing'],
  does: {
    request: ({ name, from }, values, options) => ({ kind: 'gather', name, agents: values.recipients(from), options }),
    store: ({ name }, value, variables) => storeGathered(name, value, variables),
  },
})
