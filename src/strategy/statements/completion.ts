import { types } from '../../options/index.ts'
import { Failed } from '../failed.ts'
import type { Json } from '../json.ts'
import { define } from '../statement.ts'
import type { Entry, Statement, Value } from '../tree.ts'
import { SAID } from './said.ts'

interface Completion extends Statement {
  kind: 'completion'
  name: string | null
  from: Value
  options: readonly Entry[]
}

/** Asks one agent. */
export const completion = define<Completion>({
  kind: 'completion',
  forms: {
    AWAIT:
      'response = AWAIT completion FROM agent WITH timeout: 30s, or AWAIT { from: agents, event_pattern: "agent:*", min_responses: 2, timeout: 30s } AS name',
  },
  syntax: {
    ebnf: '"AWAIT" "completion" "FROM" value [ options ]',
    read: (reader) => {
      const read = reader.read(1, 'completion')
      return { ...read, name: null }
    },
  },
  print: ({ name, from, options }, printer) =>
    printer.line(
      `${name === null ? '' : `${name} = `}AWAIT completion FROM ${printer.value(from)}${printer.options(options)}`,
    ),
  options: {
    word: 'AWAIT',
    of: ({ options }) => options,
    table: {
      timeout: types.duration,
      prompt: SAID,
      model: types.textNotEmpty,
      max_tokens: types.whole({ least: 1, most: 100_000_000 }),
    },
  },
  parts: ({ from, options }) => ({ symbols: [from], entries: options }),
  does: {
    request: ({ from }, values, options) => {
      const [agent, second] = [values.recipients(from)].flat() as Json[]
      if (agent === undefined || second !== undefined)
        throw new Failed('type', 'AWAIT completion asks one agent. To ask several agents, use GATHER.')
      return { kind: 'completion', agent, options }
    },
  },
})
