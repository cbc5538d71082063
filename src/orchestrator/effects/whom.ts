import type { Json } from '../../strategy/index.ts'
import { recipientsOf } from '../team/recipients.ts'
import type { EffectDependencies } from './dependencies.ts'

/** Who is asked: agents by name, and those that other words mean. */
export const asked = (names: readonly string[], { team, recipients }: EffectDependencies): string[] =>
  names.flatMap((name) => (team.agents.has(name) ? [name] : recipientsOf(name, recipients)))

/** Whom a statement means. That it means nobody is said. */
export function told(to: Json, { recipients, trace }: EffectDependencies): string[] {
  const names = recipientsOf(to, recipients)
  if (names.length === 0)
    trace.append({ type: 'log', line: 0, text: `Nobody is told: no agent is ${JSON.stringify(to)}.` })
  return names
}
