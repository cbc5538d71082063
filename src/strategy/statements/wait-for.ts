import { types } from '../../options/index.ts'
import { define } from '../statement.ts'
import type { Expression, Statement } from '../tree.ts'
import { storeGathered } from './gathered.ts'

interface WaitFor extends Statement {
  kind: 'waitFor'
  name: string
  timeout: Expression | null
}

/** Asks all who were told something. `wait.ts` reads it. */
export const waitFor = define<WaitFor>({
  kind: 'waitFor',
  forms: {},
  syntax: { read: null, ebnf: null },
  print: ({ name, timeout }, { line }) => line(`WAIT for ${name}${timeout ? ` OR ${timeout.text}` : ''}`),
  constants: ({ timeout }) => (timeout ? [{ expression: timeout, type: types.duration, owner: 'WAIT for' }] : []),
  parts: ({ timeout }) => ({ expressions: timeout && timeout.text !== 'timeout' ? [timeout] : [] }),
  sets: ({ name }) => [name, 'missing'],
  does: {
    request: ({ name, timeout }, values) => {
      // `OR timeout` without such a variable is the orchestrator's own timeout.
      const isOwn = timeout === null || (timeout.text === 'timeout' && !Object.hasOwn(values.variables, 'timeout'))
      return { kind: 'waitFor', name, timeoutMs: isOwn ? null : values.milliseconds(timeout, 'WAIT for') }
    },
    store: ({ name }, value, variables) => storeGathered(name, value, variables),
  },
})
