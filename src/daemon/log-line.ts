import { formatDollars } from '../money/index.ts'
import type { TraceEvent } from '../trace/index.ts'

/** What the log tells of an event, for people who look for answers, retries, circuit changes and failovers; nothing of most. */
export function logLine(event: TraceEvent): string | undefined {
  switch (event.type) {
    case 'attempt.ended': {
      // One that has failed is told with what becomes of it.
      if (event.failure !== null) return undefined
      const { agent, provider, model, tookMs, inputTokens, outputTokens, cost } = event
      return `answered: ${agent} by ${provider}/${model} in ${(tookMs / 1_000).toFixed(1)}s, ${inputTokens} + ${outputTokens} tokens, ${formatDollars(cost)}`
    }
    case 'attempt.failed': {
      const { agent, target, attempt, kind, message, retryInMs } = event
      if (kind === 'refused_request') return `refused: ${agent} at ${target}: ${message}`
      const next = retryInMs === null ? 'no retries left' : `retry ${attempt} in ${(retryInMs / 1_000).toFixed(1)}s`
      return `${next}: ${agent} at ${target}, ${kind}: ${message}`
    }
    case 'breaker.changed':
      return `circuit ${event.state}: ${event.target}`
    case 'model.fellBack':
      return event.reason === 'budget'
        ? `fallback: ${event.agent} calls ${event.model}, because the budget is nearly spent`
        : `failover: ${event.agent} calls ${event.model}, after ${event.reason}`
    case 'agent.hung':
      return `hung: ${event.agent} has made no progress for ${Math.round(event.sinceMs / 1_000)}s`
    case 'agent.terminated':
      return `terminated: ${event.agent}, ${event.reason}`
    case 'budget.refused':
      return `budget: no call of ${event.agent} to ${event.model}`
    case 'effect.ended':
      if (event.ok) return undefined
      // A run that is suspended or cancelled did not fail.
      return `${event.failure === 'cancelled' ? '' : 'failed: '}${event.failure}: ${event.message ?? 'no message'}`
    case 'run.resumed':
      return `resumed, with ${event.uncertain} call(s) of unknown outcome`
    default:
      return undefined
  }
}
