import { formatDollars } from '../money/index.ts'
import { settle, type OrchestratorSettings } from '../orchestrator/index.ts'

const seconds = (ms: number): number | null => (Number.isFinite(ms) ? ms / 1_000 : null)

/** The settings in force, by the names of the settings file. Times are in seconds; keys of services are told of and not shown. */
export function describeSettings(given: OrchestratorSettings): object {
  const settled = settle(given, {})
  const { cache } = settled
  return {
    model: settled.model,
    services: Object.fromEntries(
      Object.entries(settled.services).map(([name, { baseURL, format, apiKey, fetch }]) => [
        name,
        fetch ? { simulated: true } : { base_url: baseURL, format, has_key: apiKey !== undefined },
      ]),
    ),
    failover: settled.failover,
    retry: {
      attempts: settled.attempts,
      first_delay: seconds(settled.firstDelayMs),
      factor: settled.factor,
      max_delay: seconds(settled.maxDelayMs),
    },
    retry_budget: settled.retryBudget,
    breaker: {
      failures: settled.breaker.failures,
      failure_rate: settled.breaker.failureRate,
      window: seconds(settled.breaker.windowMs),
      open_for: seconds(settled.breaker.openMs),
    },
    budget: {
      limit:
        typeof settled.budgetLimit === 'bigint' ? formatDollars(settled.budgetLimit) : (settled.budgetLimit ?? null),
      fallback_at: settled.fallbackAt,
      fallback_model: settled.fallbackModel ?? null,
      check_every: settled.checkEvery,
    },
    supervision: { hung_after: seconds(settled.hungAfterMs), max_restarts: settled.maxRestarts },
    cache: cache
      ? { similarity: cache.similarity, size: cache.size, ttl: seconds(cache.ttlMs), embedding: cache.embedding }
      : false,
    call_timeout: seconds(settled.callTimeoutMs),
    hedge_after: seconds(settled.hedgeAfterMs),
    gather_timeout: seconds(settled.gatherTimeoutMs),
    max_tokens: settled.maxTokens,
    conversation_tokens: settled.conversationTokens,
    conversation_lock: seconds(settled.conversationLockMs),
    max_event_hops: settled.maxEventHops,
    functions: typeof given.functions === 'object' ? Object.keys(given.functions) : [],
    libraries: Object.keys(given.libraries ?? {}),
  }
}
