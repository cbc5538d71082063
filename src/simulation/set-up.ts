import { formatDuration } from '../clock/index.ts'
import { listedModel } from '../money/index.ts'
import {
  windowApplies,
  type FaultWindow,
  type Provider,
  type ProviderConfig,
  type ReplyRule,
  type Scope,
} from '../provider/index.ts'
import type { EventOf, Trace, TraceEvent } from '../trace/index.ts'
import { isMisspelt } from './misspelt.ts'

const PARTS = ['agents', 'models', 'providers'] as const
type Part = (typeof PARTS)[number]
const SINGULAR = { agents: 'agent', models: 'model', providers: 'provider' } as const satisfies Record<Part, string>

/** Something of the set-up that no call has used. */
export interface Unused {
  part: Part | 'windows' | 'replies'
  name: string
}

/** For whom something is set up by a name of its own. */
const keysOf = (config: ProviderConfig, part: Part): Set<string> => new Set(Object.keys(config[part] ?? {}))

/** Whom replies, windows and `failNext` name. */
function scopesOf({ replies, windows }: ProviderConfig, scripted: readonly Scope[], part: Part): Set<string> {
  const rules = Array.isArray(replies) ? (replies as ReplyRule[]) : []
  const scopes: readonly Scope[] = [...rules, ...(windows ?? []), ...scripted]
  return new Set(scopes.map((scope) => scope[SINGULAR[part]]).filter((name) => name !== undefined))
}

const calledIn = (calls: readonly EventOf<'call.arrived'>[], part: Part): Set<string> =>
  new Set(calls.map((call) => call[SINGULAR[part]]))

/** Names in an event that are those of agents. */
function agentsIn(event: TraceEvent): unknown[] {
  const { agent, from, to, expected } = event as { agent?: unknown; from?: unknown; to?: unknown; expected?: unknown[] }
  return [agent, from, to, ...(expected ?? [])]
}

/** Names of agents that are in a trace, whatever they did. */
export const agentsSeen = (trace: Trace): Set<string> =>
  new Set([...trace].flatMap(agentsIn).filter((name) => typeof name === 'string'))

/** Names of the set-up that no call of a run had. */
function unmatchedIn(
  config: ProviderConfig,
  calls: readonly EventOf<'call.arrived'>[],
  scripted: readonly Scope[],
): { part: Part; name: string }[] {
  return PARTS.flatMap((part) => {
    const called = calledIn(calls, part)
    const names = new Set([...keysOf(config, part), ...scopesOf(config, scripted, part)])
    return [...names].filter((name) => !called.has(name)).map((name) => ({ part, name }))
  })
}

/** An unmatched name, and the one that is meant. */
export interface Misspelt {
  part: Part
  name: string
  called: string
}

/**
 * Names of the set-up that are other names, written wrongly: those of callers, or for which something else is set up.
 * Who is known, only has not called in this run.
 *
 * @param declared agents of the orchestration
 * @param scripted whom `failNext` and a schedule of faults have named
 */
export function misspeltIn(
  config: ProviderConfig,
  trace: Trace,
  declared: readonly string[],
  scripted: readonly Scope[] = [],
): Misspelt[] {
  const calls = trace.ofType('call.arrived')
  const unmatched = unmatchedIn(config, calls, scripted)
  if (unmatched.length === 0 || calls.length === 0) return []
  const known = new Set([...declared, ...agentsSeen(trace)])
  return unmatched.flatMap(({ part, name }) => {
    if (part === 'agents' && known.has(name)) return []
    if (part === 'models' && calls.some(({ provider }) => listedModel(provider, name) !== undefined)) return []
    const keys = keysOf(config, part)
    const others = [...calledIn(calls, part), ...(part === 'agents' ? declared : [])]
    // Two for whom something is set up are two; a name that only a rule or a window has may be one of them.
    const candidates = keys.has(name) ? others.filter((other) => !keys.has(other)) : [...others, ...keys]
    const meant = candidates.find((other) => other !== name && isMisspelt(name, other))
    return meant === undefined ? [] : [{ part, name, called: meant }]
  })
}

const MOST_NAMES = 8

const some = (names: readonly string[]): string =>
  names.slice(0, MOST_NAMES).join(', ') + (names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : '')

const namesText = (names: object): string =>
  Object.entries(names)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${value instanceof RegExp ? value : JSON.stringify(value)}`)
    .join(', ')

/** A rule by what it asks for; nothing for one that is an agent's own, or for all. */
function ruleText({ agent, model, content, turn }: ReplyRule): string[] {
  if (model === undefined && content === undefined && turn === undefined) return []
  return [`{ ${namesText({ agent, model, content, turn })} }`]
}

function windowText({ fromMs, forMs, everyMs, agent, model, provider }: FaultWindow): string {
  const time = `from ${formatDuration(fromMs)}${Number.isFinite(forMs) ? ` for ${formatDuration(forMs)}` : ''}`
  const again = everyMs === undefined ? '' : ` every ${formatDuration(everyMs)}`
  const scope = namesText({ agent, model, provider })
  return `${time}${again}${scope && ` { ${scope} }`}`
}

/** Windows in which no call came that they are for. */
const idleWindows = ({ windows = [] }: ProviderConfig, calls: readonly EventOf<'call.arrived'>[]): string[] =>
  windows.filter((window) => !calls.some((call) => windowApplies(window, call, call.at))).map(windowText)

/** What of the set-up no call has used. Text of windows and rules is for people. */
export function unusedIn({ config, trace, unusedReplies, failNextScopes = [] }: Provider): Unused[] {
  const calls = trace.ofType('call.arrived')
  return [
    ...unmatchedIn(config, calls, failNextScopes),
    ...idleWindows(config, calls).map((name) => ({ part: 'windows' as const, name })),
    ...unusedReplies.flatMap(ruleText).map((name) => ({ part: 'replies' as const, name })),
  ]
}

/** What is not used, for people; empty where there is nothing. */
export function unusedText(unused: readonly Unused[]): string {
  const byPart = Map.groupBy(unused, ({ part }) => part)
  return [...byPart]
    .map(([part, all]) => `${part === 'replies' ? 'replies to' : part} ${some(all.map(({ name }) => name))}`)
    .join('; ')
}

/** What was set up and not seen in a run, for people; empty where nobody called at all, or all was seen. */
export function unmatchedText(provider: Provider): string {
  if (provider.trace.ofType('call.arrived').length === 0) return ''
  const text = unusedText(unusedIn(provider))
  return text && `Set up, and not seen in this run: ${text}.`
}
