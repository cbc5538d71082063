import { types } from '../../options/index.ts'
import { agents, asName, options, word } from '../slots.ts'
import { define } from '../statement.ts'
import type { Entry, Statement, Value } from '../tree.ts'
import { SAID } from './said.ts'

interface Spawn extends Statement {
  kind: 'spawn'
  /** Null for `SPAWN { … }`. */
  agent: Value | null
  options: readonly Entry[]
  /** Set to who was made. */
  name: string | null
}

const FORM = 'SPAWN "helper" WITH model: "gpt-4o-mini", or SPAWN { profile: "helper", count: 3 } AS helpers'
/** More are not made at once. */
const MOST = 10_000

/** Makes agents. */
export const spawn = define<Spawn>({
  kind: 'spawn',
  forms: { SPAWN: FORM },
  syntax: { slots: [word('SPAWN'), agents('agent'), options, asName] },
  made: ({ agent, options: given, name, ...rest }, reader) => {
    if (agent?.kind !== 'object') return { ...rest, agent, options: given, name }
    if (given.length > 0) throw reader.mistake(reader.first, 'SPAWN has its options twice.', `The form is: ${FORM}`)
    return { ...rest, agent: null, options: agent.entries, name }
  },
  print: ({ agent, options: given, name }, printer) => {
    const what = agent ? `${printer.value(agent)}${printer.options(given)}` : printer.object(given)
    return printer.line(`SPAWN ${what}${name === null ? '' : ` AS ${name}`}`)
  },
  options: {
    word: 'SPAWN',
    of: ({ options: given }) => given,
    table: {
      name: types.textNotEmpty,
      agent_id: types.textNotEmpty,
      profile: types.either(types.textNotEmpty, types.object),
      role: types.textNotEmpty,
      model: types.textNotEmpty,
      prompt: SAID,
      prompt_template: SAID,
      initial_prompt: SAID,
      template: types.textNotEmpty,
      max_tokens: types.whole({ least: 1, most: 100_000_000 }),
      capabilities: types.list,
      purpose: SAID,
      count: types.whole({ least: 0, most: MOST }),
      vars: types.object,
      context: types.object,
      pattern: SAID,
    },
  },
  parts: ({ agent, options: given }) => ({ symbols: agent ? [agent] : [], entries: given }),
  // `SPAWN helper` names a variable as well as an agent.
  sets: ({ name, agent }) =>
    name !== null ? [name] : agent?.kind === 'expression' && /^[A-Za-z_]\w*$/.test(agent.text) ? [agent.text] : [],
  does: {
    request: ({ agent }, values, given) => ({
      kind: 'spawn',
      agent: agent && values.agent(agent),
      options: given,
    }),
  },
})
