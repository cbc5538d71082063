import { agents, word } from '../slots.ts'
import { define } from '../statement.ts'
import type { Statement, Value } from '../tree.ts'

interface Terminate extends Statement {
  kind: 'terminate'
  agent: Value
}

/** Takes agents away. */
export const terminate = define<Terminate>({
  kind: 'terminate',
  forms: { TERMINATE: 'TERMINATE agent' },
  syntax: { slots: [word('TERMINATE'), agents('agent')] },
  does: { request: ({ agent }, values) => ({ kind: 'terminate', agents: values.recipients(agent) }) },
})
