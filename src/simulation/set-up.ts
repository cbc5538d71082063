import { listedModel } from '../money/index.ts'
import type { Provider, ProviderConfig, ReplyRule } from '../provider/index.ts'
import type { Trace, TraceEvent } from '../trace/index.ts'
import { isMisspelt } from './misspelt.ts'

const PARTS = ['agents', 'models', 'providers'] as const
type Part = (typeof PARTS)[number]
const SINGULAR = { agents: 'agent', models: 'model', providers: 'provider' } as const satisfies Record<Part, string>

/** A name of the set-up that no call had. */
interface Unmatched {
  part: Part
  name: string
}

/** Names of the set-up, wherever they stand in it. */
function namesIn({ agents, models, providers, replies, windows }: ProviderConfig, part: Part): Set<string> {
  const scopes = [...(Array.isArray(replies) ? replies : []), ...(windows ?? [])] as {
    [Key in Part as (typeof SINGULAR)[Key]]?: string
  }[]
  const ofScopes = scopes.map((scope) => scope[SINGULAR[part]]).filter((name) => name !== undefined)
  return new Set([...Object.keys({ agents, models, providers }[part] ?? {}), ...ofScopes])
}

/** Names in an event that are those of agents. */
function agentsIn(event: TraceEvent): unknown[] {
  const { agent, from, to, expected } = event as { agent?: unknown; from?: unknown; to?: unknown; expected?: unknown[] }
  return [agent, from, to, ...(expected ?? [])]
}

/** Names of the set-up that no call of a run had. */
function unmatchedIn(config: ProviderConfig, trace: Trace): Unmatched[] {
  return PARTS.flatMap((part) => {
    const names = namesIn(config, part)
    if (names.size === 0) return []
    for (const call of trace.ofType('call.arrived')) names.delete(call[SINGULAR[part]])
    return [...names].map((name) => ({ part, name }))
  })
}

/** An unmatched name, and the one that is meant: a caller for whom nothing is set up. */
export interface Misspelt extends Unmatched {
  called: string
}

/**
 * Names of the set-up that are those of callers, written wrongly. Who is known, only has not called in this run.
 *
 * @param declared agents of the orchestration
 */
export function misspeltIn(config: ProviderConfig, trace: Trace, declared: readonly string[]): Misspelt[] {
  const unmatched = unmatchedIn(config, trace)
  if (unmatched.length === 0) return []
  const calls = trace.ofType('call.arrived')
  const known: ReadonlySet<unknown> = new Set([...declared, ...[...trace].flatMap(agentsIn)])
  return unmatched.flatMap(({ part, name }) => {
    if (part === 'agents' && known.has(name)) return []
    if (part === 'models' && calls.some(({ provider }) => listedModel(provider, name) !== undefined)) return []
    const setUp = namesIn(config, part)
    const called = new Set(calls.map((call) => call[SINGULAR[part]]))
    const meant = [...called].find((other) => !setUp.has(other) && isMisspelt(name, other))
    return meant === undefined ? [] : [{ part, name, called: meant }]
  })
}

const MOST_NAMES = 8

const some = (names: readonly string[]): string =>
  names.slice(0, MOST_NAMES).join(', ') + (names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : '')

/** A rule by what it asks for; nothing for one that is an agent's own, or for all. */
function ruleText({ agent, model, content, turn }: ReplyRule): string[] {
  if (model === undefined && content === undefined && turn === undefined) return []
  const asked = Object.entries({ agent, model, content, turn }).filter(([, value]) => value !== undefined)
  return [
    `{ ${asked.map(([name, value]) => `${name}: ${value instanceof RegExp ? value : JSON.stringify(value)}`).join(', ')} }`,
  ]
}

/** What was set up and not seen in a run, for people; empty where nobody called at all, or all was seen. */
export function unmatchedText({ config, trace, unusedReplies }: Provider): string {
  if (trace.ofType('call.arrived').length === 0) return ''
  const byPart = Map.groupBy(unmatchedIn(config, trace), ({ part }) => part)
  const parts = [...byPart].map(([part, all]) => `${part} ${some(all.map(({ name }) => name))}`)
  const rules = unusedReplies.flatMap(ruleText)
  if (rules.length > 0) parts.push(`replies to ${some(rules)}`)
  return parts.length === 0 ? '' : `Set up, and not seen in this run: ${parts.join('; ')}.`
}
