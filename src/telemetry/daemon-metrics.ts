import type * as PromClient from 'prom-client'
import type { EventOf, TraceEvent } from '../trace/index.ts'
import { callCounters, type CallLabels } from './call-counters.ts'
import { DOLLAR, instruments, type Metrics } from './instruments.ts'

type BreakerState = 'closed' | 'half-open' | 'open'
const BREAKER: Readonly<Record<BreakerState, number>> = { closed: 0, 'half-open': 1, open: 2 }

/** Models, and agents that are to ask again, of which something is remembered: names come from clients. */
const MAX_REMEMBERED = 2_000

/** Forgets what was put in first of too much. */
function dropOldest(names: Map<string, unknown> | Set<string>): void {
  if (names.size > MAX_REMEMBERED) names.delete(names.keys().next().value!)
}

/** How a daemon stands when it is asked. */
export interface Readings {
  /** Orchestrations that are not over, by state. */
  runs: Readonly<Record<string, number>>
  /** Agents of those that run, by state. */
  agents: Readonly<Record<string, number>>
  /** By target: the worst state among the orchestrations that run. */
  breakers: Readonly<Record<string, BreakerState>>
  /** How much of its budget each orchestration has spent, from 0 to 1. */
  budgets: readonly { run: string; pattern: string; spent: number }[]
  /** Bytes of its event logs on disk, and events that could not be written. */
  eventLog: { bytes: number; lost: number }
  /** What is wrong with the daemon itself. */
  problems: number
}

/** Metrics of a daemon: of what its orchestrations tell, and of how it stands when it is scraped. */
export interface DaemonMetrics extends Metrics {
  /** Something has happened. @param run in which orchestration; null for what belongs to none */
  happened(run: string | null, event: TraceEvent): void
  /** An orchestration has stopped, and stands so. */
  stopped(run: string, status: string): void
}

/** What is read at each scrape. */
function gaugesOf({ gauge }: ReturnType<typeof instruments>) {
  const runs = gauge('longhaul_runs', 'Active orchestrations, by state.', ['state'])
  const agents = gauge('longhaul_agents', 'Agents of running orchestrations, by state.', ['state'])
  const breaker = gauge(
    'longhaul_breaker_state',
    'Circuit breaker of a model, the worst state among running orchestrations: 0 closed, 1 half open, 2 open.',
    ['target'],
  )
  const budget = gauge(
    'longhaul_budget_spent_ratio',
    'Spent share of the budget of an orchestration, from 0 to 1; only orchestrations with the largest shares.',
    ['orchestration', 'pattern'],
  )
  const bytes = gauge('longhaul_event_log_bytes', 'Size of the event logs on disk, including rotated logs.')
  const lost = gauge('longhaul_event_log_lost', 'Events that the daemon could not write since its start.')
  const problems = gauge('longhaul_problems', 'Problems that system:health reports.')
  return (now: Readings): void => {
    for (const each of [runs, agents, breaker, budget]) each.reset()
    for (const [state, count] of Object.entries(now.runs)) runs.set({ state }, count)
    for (const [state, count] of Object.entries(now.agents)) agents.set({ state }, count)
    for (const [target, state] of Object.entries(now.breakers)) breaker.set({ target }, BREAKER[state])
    for (const { run, pattern, spent } of now.budgets) budget.set({ orchestration: run, pattern }, spent)
    bytes.set(now.eventLog.bytes)
    lost.set(now.eventLog.lost)
    problems.set(now.problems)
  }
}

/**
 * Metrics of a daemon, from now on.
 *
 * @param client the module `prom-client`
 * @param readings how the daemon stands; nothing before it has begun
 */
export function daemonMetrics(client: typeof PromClient, readings: () => Readings | undefined): DaemonMetrics {
  const made = instruments(client)
  const { counter } = made
  const calls = callCounters(made)
  const uncertain = counter(
    'longhaul_cost_uncertain_dollars_total',
    'Upper bound of the cost of calls without reported usage, in US dollars.',
    ['agent', 'model'],
  )
  const over = counter('longhaul_runs_total', 'Ended orchestrations, by status.', ['status'])
  const hung = counter('longhaul_agents_hung_total', 'Number of times that a working agent made no progress.')
  const refused = counter('longhaul_budget_refusals_total', 'Requests that the budget refused.')
  const hits = counter('longhaul_cache_hits_total', 'Requests that the cache answered.')
  const read = gaugesOf(made)
  /** Who offers a model, by the newest call to it: claims do not say. */
  const providers = new Map<string, string>()
  /** Calls that are under way, by orchestration and the place of their start. */
  const open = new Map<string | null, Map<number, CallLabels>>()
  /** Who asks again whom, by orchestration. */
  const repeated = new Map<string | null, Set<string>>()
  const lineOf = (agent: string, target: string): string => `${agent} ${target}`

  const started = (run: string | null, event: EventOf<'attempt.started'>): void => {
    const of = calls.labels(event)
    const own = open.get(run) ?? new Map<number, CallLabels>()
    open.set(run, own.set(event.seq, of))
    calls.began(of)
    providers.set(event.model, event.provider)
    dropOldest(providers)
    if (repeated.get(run)?.delete(lineOf(event.agent, `${event.provider}/${event.model}`))) calls.repeats(of)
  }
  const ended = (run: string | null, event: EventOf<'attempt.ended'>): void => {
    const place = event.causes[0] ?? -1
    const of = open.get(run)?.get(place)
    if (!of) return
    open.get(run)!.delete(place)
    const { failure, tookMs, inputTokens: input, cachedInputTokens: cachedInput, outputTokens: output } = event
    calls.ended(of, { failure, tookMs, input, cachedInput, output })
  }
  const claimed = ({ agent, model, known, uncertain: perhaps }: EventOf<'cost.claimed'>): void => {
    const of = calls.labels({ agent, provider: providers.get(model) ?? 'unknown', model })
    calls.costs(of, known)
    if (perhaps > 0) uncertain.inc({ agent: of.agent, model: of.model }, perhaps / DOLLAR)
  }
  return {
    ...made.metrics,
    text() {
      const now = readings()
      if (now) read(now)
      return made.metrics.text()
    },
    happened(run, event) {
      switch (event.type) {
        case 'attempt.started':
          return started(run, event)
        case 'attempt.ended':
          return ended(run, event)
        case 'attempt.failed': {
          if (event.retryInMs === null) return undefined
          const own = repeated.get(run) ?? new Set<string>()
          own.add(lineOf(event.agent, event.target))
          dropOldest(own)
          return void repeated.set(run, own)
        }
        case 'cost.claimed':
          return claimed(event)
        case 'agent.hung':
          return hung.inc()
        case 'budget.refused':
          return refused.inc()
        case 'cache.hit':
          return hits.inc()
        default:
          return undefined
      }
    },
    stopped(run, status) {
      if (status !== 'suspended') over.inc({ status })
      for (const of of open.get(run)?.values() ?? []) calls.lost(of)
      open.delete(run)
      repeated.delete(run)
    },
  }
}
