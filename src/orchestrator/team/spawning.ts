import { SPAWN_OPTIONS, textOf, type Json, type Options } from '../../strategy/index.ts'
import { suggestion } from '../../options/index.ts'
import type { AgentSettings } from '../../pattern/index.ts'
import { CompletionError } from '../service/failures.ts'

/** An agent, or several, to be made. */
export interface Spawning {
  /** What the agents are called, or begin with where there are several. */
  base: string
  /** Null for one that has just this name. */
  count: number | null
  /** Whether the name was given: without one, a number tells agents of one profile apart. */
  isNamed: boolean
  /** The agent whose settings these start from. */
  template: string | undefined
  settings: Partial<AgentSettings>
}

const isRecord = (value: Json | undefined): value is Readonly<Record<string, Json>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Reads what SPAWN is given. A profile that is an object has options of its own; what is no option in it is a variable of the agent.
 *
 * @throws CompletionError for an option that there is not
 */
export function readSpawning(agent: string | null, options: Options): Spawning {
  const unknown = Object.keys(options).find((name) => !SPAWN_OPTIONS.includes(name))
  if (unknown !== undefined)
    throw new CompletionError(
      'refused_request',
      `SPAWN has no option "${unknown}". ${suggestion(unknown, SPAWN_OPTIONS)}`,
    )
  const { profile: given, vars, context, ...rest } = options
  const inner = isRecord(given) ? given : {}
  const own: Record<string, Json> = { ...(isRecord(vars) && vars), ...(isRecord(context) && context) }
  const all: Record<string, Json> = { ...rest }
  for (const [name, value] of Object.entries(inner)) (SPAWN_OPTIONS.includes(name) ? all : own)[name] = value
  const text = (name: string): string | undefined => (all[name] === undefined ? undefined : textOf(all[name]))
  const profile = isRecord(given) ? text('profile') : given === undefined ? undefined : textOf(given)
  const prompt = text('prompt') ?? text('prompt_template') ?? text('purpose')
  const told = Object.keys(own).length > 0 ? JSON.stringify(own) : undefined
  const system = [prompt, told].filter((part) => part !== undefined).join('\n')
  const { count, max_tokens: most, capabilities } = all
  const name = text('name') ?? text('agent_id') ?? agent ?? undefined
  return {
    base: name ?? profile ?? 'agent',
    count: count === undefined ? null : Number(count),
    isNamed: name !== undefined,
    template: text('template'),
    settings: {
      ...(profile !== undefined && { profile }),
      ...(all['role'] !== undefined && { role: text('role') }),
      ...(all['model'] !== undefined && { model: text('model') }),
      ...(system !== '' && { systemPrompt: system }),
      ...(told !== undefined && { vars: own }),
      ...(most !== undefined && { maxTokens: Number(most) }),
      ...(Array.isArray(capabilities) && { capabilities: capabilities.map((each: Json) => textOf(each)) }),
      ...(all['initial_prompt'] !== undefined && { initialPrompt: text('initial_prompt')! }),
    },
  }
}

/** The names of the agents to be made, none of which is taken. */
export function namesFor({ base, count, isNamed }: Spawning, taken: (name: string) => boolean): string[] {
  if (count === null && isNamed) return [base]
  const names: string[] = []
  for (let nth = 1; names.length < (count ?? 1); nth++) if (!taken(`${base}_${nth}`)) names.push(`${base}_${nth}`)
  return names
}
