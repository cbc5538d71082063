import type * as PromClient from 'prom-client'
import type { Trace, TraceEvent } from '../trace/index.ts'

// Names follow Prometheus: base units, `_total` for what only grows. Source: https://prometheus.io/docs/practices/naming/.

const DOLLAR = 1e12
const SECONDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600]
const BREAKER = { closed: 0, 'half-open': 1, open: 2 } as const
/** Metrics of the package's own whose names are those of counters. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total']
/** Agents that have a series of their own; what others do is counted under `other`. */
const MOST_AGENTS = 1_000
/** The same for models. */
const MOST_MODELS = 200

/** Metrics of a process that serves: of the calls that its trace tells of, and of the process itself. */
export interface Metrics {
  /** The text that Prometheus scrapes. */
  text(): Promise<string>
  contentType: string
  /** Stops counting. */
  close(): void
}

/**
 * Counts what happens in a trace, from now on.
 *
 * @param client the module `prom-client`
 */
export function countInto(trace: Trace, client: typeof PromClient): Metrics {
  const register = new client.Registry()
  const registers = [register]
  const counter = (name: string, help: string, labelNames: string[] = []) =>
    new client.Counter({ name, help, labelNames, registers })
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new client.Gauge({ name, help, labelNames, registers })
  client.collectDefaultMetrics({ register })
  for (const name of MISNAMED) register.removeSingleMetric(name)

  const by = ['agent', 'provider', 'model']
  const calls = counter('longhaul_calls_total', 'Calls that have reached a service.', by)
  const failures = counter('longhaul_call_failures_total', 'Calls that failed, by what went wrong.', [...by, 'fault'])
  const refused = counter('longhaul_calls_refused_total', 'Requests that were refused before they became calls.', [
    'reason',
  ])
  const retries = counter('longhaul_call_retries_total', 'Calls that repeat one that failed.', by)
  const tokens = counter('longhaul_tokens_total', 'Tokens that were billed.', [...by, 'type'])
  const cost = counter('longhaul_cost_dollars_total', 'What the services bill, in US dollars.', by)
  const open = gauge('longhaul_calls_open', 'Calls without an end so far.', ['provider'])
  const duration = new client.Histogram({
    name: 'longhaul_call_duration_seconds',
    help: 'From the arrival of a call to its end, in the time of the services.',
    labelNames: ['provider', 'model', 'outcome'],
    buckets: SECONDS,
    registers,
  })
  const breaker = gauge('longhaul_breaker_state', 'State of a circuit breaker: 0 closed, 1 half open, 2 open.', [
    'target',
  ])
  const agents = gauge('longhaul_agents', 'Agents by state.', ['state'])
  const runs = counter('longhaul_runs_total', 'Runs that have ended, by how.', ['status'])
  const hung = counter('longhaul_agents_hung_total', 'Times that an agent at work made no progress.')
  const budget = counter(
    'longhaul_budget_refusals_total',
    'Questions that were not asked, as the budget did not allow it.',
  )

  const labels = new Map<number, { agent: string; provider: string; model: string }>()
  /** Names come from clients: those that are new when there are many share one series. */
  const bounded = (most: number): ((name: string) => string) => {
    const known = new Set<string>()
    return (name) => {
      if (!known.has(name) && known.size >= most) return 'other'
      known.add(name)
      return name
    }
  }
  const agentOf = bounded(MOST_AGENTS)
  const modelOf = bounded(MOST_MODELS)
  const ended = (event: Extract<TraceEvent, { type: 'call.ended' | 'call.failed' }>): void => {
    const of = labels.get(event.call)
    if (!of) return
    labels.delete(event.call)
    open.dec({ provider: of.provider })
    const { input, cachedInput, output } = event.usage
    if (input > 0) tokens.inc({ ...of, type: 'input' }, input)
    if (cachedInput > 0) tokens.inc({ ...of, type: 'cached_input' }, cachedInput)
    if (output > 0) tokens.inc({ ...of, type: 'output' }, output)
    if (event.cost > 0) cost.inc(of, event.cost / DOLLAR)
    const outcome = event.type === 'call.ended' ? 'answered' : 'failed'
    duration.observe({ provider: of.provider, model: of.model, outcome }, event.afterMs / 1_000)
    if (event.type === 'call.failed') failures.inc({ ...of, fault: event.fault })
  }
  const close = trace.onAppend((event) => {
    switch (event.type) {
      case 'call.arrived': {
        const of = { agent: agentOf(event.agent), provider: event.provider, model: modelOf(event.model) }
        labels.set(event.call, of)
        calls.inc(of)
        open.inc({ provider: of.provider })
        return
      }
      case 'call.retried': {
        const of = labels.get(event.call)
        if (of) retries.inc(of)
        return
      }
      case 'call.ended':
      case 'call.failed':
        return ended(event)
      case 'call.refused':
        return refused.inc({ reason: event.reason })
      case 'breaker.changed':
        return breaker.set({ target: event.target }, BREAKER[event.state])
      case 'agent.spawned':
        return agents.inc({ state: 'running' })
      case 'agent.terminated':
        agents.dec({ state: 'running' })
        return agents.inc({ state: 'terminated' })
      case 'agent.hung':
        return hung.inc()
      case 'budget.refused':
        return budget.inc()
      case 'run.ended':
        return runs.inc({ status: event.status })
      default:
        return undefined
    }
  })
  return { text: () => register.metrics(), contentType: register.contentType, close: () => void close() }
}
