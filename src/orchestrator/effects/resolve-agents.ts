import type { Json } from '../../strategy/index.ts'
import { CompletionError } from '../service/failures.ts'
import { recipientsOf } from '../team/recipients.ts'
import type { EffectDependencies } from './dependencies.ts'

/** The names of the agents that a question is for: agents by name, and those that a group or a role stands for. */
export const resolveAgents = (agents: Json, { recipients }: EffectDependencies): string[] =>
  (Array.isArray(agents) ? (agents as readonly Json[]) : [agents]).flatMap((each) => recipientsOf(each, recipients))

/**
 * The name of the agent that a question is for: the first one where several are meant.
 *
 * @throws CompletionError where no agent is meant
 */
export function resolveAgent(agent: Json, dependencies: EffectDependencies): string {
  const [name] = resolveAgents(agent, dependencies)
  if (name !== undefined) return name
  throw new CompletionError('refused_request', `No agent is ${JSON.stringify(agent)}.`)
}

/** The names of the agents that a message is for. The trace tells where there is none. */
export function resolveRecipients(to: Json, { recipients, trace }: EffectDependencies): string[] {
  const names = recipientsOf(to, recipients)
  if (names.length === 0)
    trace.append({ type: 'log', line: 0, text: `No agent receives the message: no agent is ${JSON.stringify(to)}.` })
  return names
}
