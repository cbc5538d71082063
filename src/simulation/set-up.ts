import { formatDuration } from '../clock/index.ts'
import { listedModel } from '../money/index.ts'
import {
  windowApplies,
  type FailingNext,
  type ResolvedFaultWindow,
  type Provider,
  type ProviderConfig,
  type ReplyRule,
  type CallScope,
} from '../provider/index.ts'
import type { EventOf, Trace, TraceEvent } from '../trace/index.ts'
import { nameIn, PARTS, SINGULAR, type Part } from './known-names.ts'
import { isMisspelt } from './misspelt.ts'

/** Something of the set-up that no call has used. */
export interface Unused {
  part: Part | 'declared' | 'breakers' | 'windows' | 'replies' | 'schedule' | 'failNext'
  name: string
}

/** For whom something is set up by a name of its own. */
const keysOf = (config: ProviderConfig, part: Part): Set<string> => new Set(Object.keys(config[part] ?? {}))

/** Whom replies, windows and the schedule name, and what the test has asked for by `failNext`. */
function scopesOf({ replies, windows = [], schedule = [] }: ProviderConfig, part: Part, more: readonly CallScope[]) {
  const rules = Array.isArray(replies) ? (replies as ReplyRule[]) : []
  const scopes: readonly CallScope[] = [...rules, ...windows, ...schedule.map(({ agent }) => ({ agent })), ...more]
  return new Set(scopes.map((scope) => scope[SINGULAR[part]]).filter((name) => name !== undefined))
}

const calledIn = (calls: readonly EventOf<'call.arrived'>[], part: Part): Set<string> =>
  new Set(calls.map((call) => nameIn(call, part)))

/** Names of who has a part in an event. */
function actorsIn(event: TraceEvent): unknown[] {
  const { agent, from, to } = event as { agent?: unknown; from?: unknown; to?: unknown }
  return [agent, from, to]
}

/** Names in an event that are those of agents. */
const agentsIn = (event: TraceEvent): unknown[] => [
  ...actorsIn(event),
  ...((event as { expected?: unknown[] }).expected ?? []),
]

/** Names for which a configuration says something. */
export const namesIn = (config: ProviderConfig, part: Part): Set<string> =>
  new Set([...keysOf(config, part), ...scopesOf(config, part, [])])

/** Names of agents that are in a trace, whatever they did. */
export const agentsSeen = (trace: Trace): Set<string> =>
  new Set([...trace].flatMap(agentsIn).filter((name) => typeof name === 'string'))

/**
 * Declared agents that did nothing in a run in which somebody called whom nothing names: they may be the same ones. Who is declared
 * and has only not called is no mistake.
 */
function strangers(config: ProviderConfig, trace: Trace, declared: readonly string[]): string[] {
  const callers = calledIn(trace.ofType('call.arrived'), 'agents')
  const named = new Set([...declared, ...namesIn(config, 'agents')])
  if ([...callers].every((caller) => named.has(caller))) return []
  const seen = new Set([...trace].flatMap(actorsIn))
  return declared.filter((agent) => !seen.has(agent))
}

/** Names of the set-up that no call of a run had. */
function unmatchedIn(
  config: ProviderConfig,
  calls: readonly EventOf<'call.arrived'>[],
  more: readonly CallScope[],
): { part: Part; name: string }[] {
  return PARTS.flatMap((part) => {
    const called = calledIn(calls, part)
    const names = new Set([...keysOf(config, part), ...scopesOf(config, part, more)])
    return [...names].filter((name) => !called.has(name)).map((name) => ({ part, name }))
  })
}

/** An unmatched name, and the one that is meant. */
export interface Misspelt {
  part: Part | 'declared'
  name: string
  called: string
}

/**
 * Names of the set-up that are other names, written wrongly: those of callers, or for which something else is set up.
 * Who is known, only has not called in this run.
 *
 * @param declared agents of the orchestration
 * @param more what else names some, as `failNext` does
 */
export function misspeltIn(
  config: ProviderConfig,
  trace: Trace,
  declared: readonly string[],
  more: readonly CallScope[] = [],
): Misspelt[] {
  const calls = trace.ofType('call.arrived')
  if (calls.length === 0) return []
  const unmatched = unmatchedIn(config, calls, more)
  const idle = strangers(config, trace, declared)
  if (unmatched.length === 0 && idle.length === 0) return []
  const known = new Set([...declared, ...agentsSeen(trace)])
  const foreign = [...calledIn(calls, 'agents')].filter((caller) => !declared.includes(caller))
  const ofTeam = idle.flatMap((name) => {
    const meant = foreign.find((caller) => isMisspelt(name, caller))
    return meant === undefined ? [] : [{ part: 'declared' as const, name, called: meant }]
  })
  const ofProvider = unmatched.flatMap(({ part, name }) => {
    if (part === 'agents' && known.has(name)) return []
    if (part === 'models' && calls.some(({ provider }) => listedModel(provider, name) !== undefined)) return []
    const keys = keysOf(config, part)
    const others = [...calledIn(calls, part), ...(part === 'agents' ? declared : [])]
    // Two for whom something is set up are two; a name that only a rule or a window has may be one of them.
    const candidates = keys.has(name) ? others.filter((other) => !keys.has(other)) : [...others, ...keys]
    const meant = candidates.find((other) => other !== name && isMisspelt(name, other))
    return meant === undefined ? [] : [{ part, name, called: meant }]
  })
  return [...ofTeam, ...ofProvider]
}

const MAX_NAMES = 8

const some = (names: readonly string[]): string =>
  names.slice(0, MAX_NAMES).join(', ') + (names.length > MAX_NAMES ? ` and ${names.length - MAX_NAMES} more` : '')

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

function windowText({ fromMs, forMs, everyMs, agent, model, service }: ResolvedFaultWindow): string {
  const time = `from ${formatDuration(fromMs)}${Number.isFinite(forMs) ? ` for ${formatDuration(forMs)}` : ''}`
  const again = everyMs === undefined ? '' : ` every ${formatDuration(everyMs)}`
  const scope = namesText({ agent, model, service })
  return `${time}${again}${scope && ` { ${scope} }`}`
}

/** Windows in which no call came that they are for. */
const idleWindows = ({ windows }: Provider, calls: readonly EventOf<'call.arrived'>[]): string[] =>
  windows.filter((window) => !calls.some((call) => windowApplies(window, call, call.at))).map(windowText)

function failNextText({ count, fault, scope }: FailingNext): string {
  const whom = namesText(scope)
  return `(${count}, '${fault}'${whom && `, { ${whom} }`})`
}

/**
 * What of the set-up no call has used. Text of windows and rules is for people.
 *
 * @param declared agents of the orchestration
 */
export function unusedIn(provider: Provider, declared: readonly string[] = []): Unused[] {
  const { config, trace, unusedReplies, unmetFailures, unreachedFaults } = provider
  const calls = trace.ofType('call.arrived')
  return [
    ...unmatchedIn(config, calls, []),
    ...strangers(config, trace, declared).map((name) => ({ part: 'declared' as const, name })),
    ...idleWindows(provider, calls).map((name) => ({ part: 'windows' as const, name })),
    ...unusedReplies.flatMap(ruleText).map((name) => ({ part: 'replies' as const, name })),
    ...unreachedFaults.map((fault) => ({ part: 'schedule' as const, name: `{ ${namesText(fault)} }` })),
    ...unmetFailures.map((failing) => ({ part: 'failNext' as const, name: failNextText(failing) })),
  ]
}

const WORDS: Partial<Record<Unused['part'], string>> = {
  replies: 'replies to',
  declared: 'declared agents',
  breakers:
    'circuit breakers (report.breaker) by names that no service, model or agent has, so that no call is judged:',
}

/** What is not used, for people; empty where there is nothing. */
export function unusedText(unused: readonly Unused[]): string {
  const byPart = Map.groupBy(unused, ({ part }) => part)
  return [...byPart].map(([part, all]) => `${WORDS[part] ?? part} ${some(all.map(({ name }) => name))}`).join('; ')
}

/** What was set up and not seen in a run, for people; empty where nobody called at all, or all was seen. */
export function unmatchedText(provider: Provider, declared: readonly string[] = []): string {
  if (provider.trace.ofType('call.arrived').length === 0) return ''
  const text = unusedText(unusedIn(provider, declared))
  return text && `No call of this run used this part of the set-up: ${text}.`
}

/** Lists of replies that are likely meant as a sequence of calls, for people; empty where there are none. */
export function stuckRepliesText(provider: Provider): string {
  return provider.stuckReplies
    .map(({ rule, calls }) => {
      const { agent, ...others } = rule
      const whose = [agent === undefined ? '' : ` of ${agent}`, ...ruleText(others).map((text) => ` to ${text}`)].join(
        '',
      )
      return (
        `The list of replies${whose} never came past its first reply in ${calls} calls, because each of their prompts begins a conversation of its own. ` +
        'If each call is to take the next reply, give sequence(…) in place of […].'
      )
    })
    .join('\n')
}
