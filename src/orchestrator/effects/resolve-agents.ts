import type { Json } from '../../strategy/index.ts'
import { recipientsOf } from '../team/recipients.ts'
import type { EffectDependencies } from './dependencies.ts'

/** The names of the agents that a question is for: agents by name, and those that a group or a role stands for. */
export const resolveAgents = (names: readonly string[], { team, recipients }: EffectDependencies): string[] =>
  names.flatMap((name) => (team.agents.has(name) ? [name] : recipientsOf(name, recipients)))

/** The names of the agents that a message is for. The trace tells where there is none. */
export function resolveRecipients(to: Json, { recipients, trace }: EffectDependencies): string[] {
  const names = recipientsOf(to, recipients)
  if (names.length === 0)
    trace.append({ type: 'log', line: 0, text: `No agent receives the message: no agent is ${JSON.stringify(to)}.` })
  return names
}
