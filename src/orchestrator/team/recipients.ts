import type { Json } from '../../strategy/index.ts'
import type { Agent } from './agent.ts'
import { fitsPattern } from './bus.ts'

/** Who is there to be told something. */
export interface Recipients {
  /** The name of the run: ids of agents begin with it. */
  run: string
  agents: ReadonlyMap<string, Agent>
  /** Whom "all" leaves out. */
  except: (agent: Agent) => boolean
}

const EVERYBODY: ReadonlySet<string> = new Set(['*', 'all', 'all_agents', 'each_agent', 'every_agent'])

/** What may be asked of agents, by the names that patterns use. */
const FIELDS: Readonly<Record<string, (agent: Agent, wanted: string, run: string) => boolean>> = {
  agent: (agent, wanted, run) => isCalled(agent, wanted, run),
  agent_id: (agent, wanted, run) => isCalled(agent, wanted, run),
  pattern: (agent, wanted, run) => fitsPattern(wanted, agent.name) || fitsPattern(wanted, `${run}_${agent.name}`),
  role: ({ settings }, wanted) => settings.role === wanted,
  profile: ({ settings }, wanted) => settings.profile === wanted,
  capability: ({ settings }, wanted) => settings.capabilities.includes(wanted),
  status: (agent, wanted) => statusOf(agent) === wanted || agent.status === wanted,
}

/** What agents can be chosen by. */
export const AGENT_FIELDS: readonly string[] = Object.keys(FIELDS)

/** Where an agent stands, as patterns say it. */
export const statusOf = ({ status, working }: Agent): string =>
  status === 'alive' ? (working > 0 ? 'working' : 'ready') : status

const isCalled = ({ name }: Agent, wanted: string, run: string): boolean =>
  wanted === name || wanted === `${run}_${name}`

/** The name of an agent that is called by its name or its id. */
const agentCalled = (wanted: string, { run, agents }: Pick<Recipients, 'run' | 'agents'>): string =>
  !agents.has(wanted) && wanted.startsWith(`${run}_`) ? wanted.slice(run.length + 1) : wanted

/**
 * The agents that a message is for: a name or an id, `"all"`, `"!name"` for all others, `"worker_*"`, what they have, or a list of these.
 * A name that nobody has is given as it stands: whoever is to send it says so. Of those that are chosen otherwise, only who is alive.
 */
export function recipientsOf(to: Json, dependencies: Recipients): string[] {
  const { agents, run, except } = dependencies
  const alive = [...agents.values()].filter(({ isAlive }) => isAlive)
  const named = (chosen: readonly Agent[]): string[] => chosen.map(({ name }) => name)
  if (Array.isArray(to)) return [...new Set(to.flatMap((each: Json) => recipientsOf(each, dependencies)))]
  if (typeof to === 'object' && to !== null) {
    const wanted = Object.entries(to as Readonly<Record<string, Json>>)
    if ('agent' in to && 'text' in to) return [agentCalled(String(to['agent']), dependencies)]
    return named(alive.filter((agent) => wanted.every(([field, value]) => FIELDS[field]?.(agent, String(value), run))))
  }
  const name = String(to)
  if (agents.has(name)) return [name]
  if (EVERYBODY.has(name)) return named(alive.filter((agent) => !except(agent)))
  if (name.startsWith('!')) return named(alive.filter((agent) => !isCalled(agent, name.slice(1), run)))
  if (name.includes('*')) return named(alive.filter((agent) => FIELDS['pattern']!(agent, name, run)))
  return [agentCalled(name, dependencies)]
}
