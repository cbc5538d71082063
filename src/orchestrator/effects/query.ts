import { suggestion } from '../../options/index.ts'
import type { Json, Options } from '../../strategy/index.ts'
import { CompletionError } from '../service/failures.ts'
import { AGENT_FIELDS, recipientsOf, statusOf, type Recipients } from '../team/recipients.ts'

/** Something that TRACK has noted. */
export interface Tracked {
  type: string
  data: Json
  /** Unix seconds. */
  at: number
}

/** What QUERY looks into. */
export interface Queried extends Recipients {
  tracked: readonly Tracked[]
  variables: Readonly<Record<string, Json>>
}

const COMPARE: Readonly<Record<string, (a: Json, b: Json) => boolean>> = {
  '>': (a, b) => Number(a) > Number(b),
  '>=': (a, b) => Number(a) >= Number(b),
  '<': (a, b) => Number(a) < Number(b),
  '<=': (a, b) => Number(a) <= Number(b),
  '!=': (a, b) => a !== b,
  '==': (a, b) => a === b,
}
const LEAST_LOADED = 'minimal'

const isRecord = (value: Json | undefined): value is Readonly<Record<string, Json>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Answers QUERY: `agents` by what they have, `tracked` by type and by the data that were noted, `context` the variables.
 *
 * @throws CompletionError for what there is not
 */
export function query({ query_type: type, filters: given = {}, limit }: Options, queried: Queried): Json {
  if (!isRecord(given)) return refuse(`filters are ${JSON.stringify(given)}. Give an object.`)
  const found =
    type === 'agents' ? agents(given, queried) : type === 'tracked' ? tracked(given, queried) : context(type, queried)
  return Array.isArray(found) && limit !== undefined ? (found.slice(-Number(limit)) as Json) : found
}

const refuse = (problem: string): never => {
  throw new CompletionError('refused_request', `QUERY: ${problem}`)
}

function agents({ load, ...filters }: Readonly<Record<string, Json>>, queried: Queried): Json {
  const unknown = Object.keys(filters).find((name) => !AGENT_FIELDS.includes(name))
  if (unknown !== undefined)
    return refuse(`agents have no "${unknown}". ${suggestion(unknown, [...AGENT_FIELDS, 'load'])}`)
  if (load !== undefined && load !== LEAST_LOADED)
    return refuse(`load is ${JSON.stringify(load)}. Give "${LEAST_LOADED}".`)
  const names = recipientsOf(Object.keys(filters).length > 0 ? filters : 'all', queried)
  const found = names.map((name) => queried.agents.get(name)!)
  const loadOf = (name: string): number => {
    const agent = queried.agents.get(name)!
    return agent.working + agent.inbox.length
  }
  const shown = found.map((agent) => ({
    agent: agent.name,
    agent_id: `${queried.run}_${agent.name}`,
    profile: agent.settings.profile,
    role: agent.settings.role ?? null,
    capabilities: agent.settings.capabilities,
    status: statusOf(agent),
    load: loadOf(agent.name),
  }))
  return load === undefined ? shown : shown.toSorted((a, b) => a.load - b.load)
}

function tracked(filters: Readonly<Record<string, Json>>, { tracked: all }: Queried): Json {
  const fits = (value: Json, wanted: Json): boolean =>
    isRecord(wanted)
      ? Object.entries(wanted).every(
          ([how, than]) => COMPARE[how]?.(value, than) ?? refuse(`there is no comparison "${how}".`),
        )
      : value === wanted
  return all
    .filter(({ type, data }) => {
      const entry: Readonly<Record<string, Json>> = { ...(isRecord(data) && data), type }
      return Object.entries(filters).every(([name, wanted]) => Object.hasOwn(entry, name) && fits(entry[name]!, wanted))
    })
    .map((each) => ({ ...each }))
}

function context(type: Json | undefined, { variables, run }: Queried): Json {
  if (type !== 'context')
    return refuse(`there is no query_type ${JSON.stringify(type)}. There are: agents, tracked, context.`)
  return { ...variables, orchestration_id: run }
}
