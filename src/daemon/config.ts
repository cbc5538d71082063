import { formatDollars } from '../money/index.ts'
import { resolveSettings, type OrchestratorSettings } from '../orchestrator/index.ts'
import { patientFetch } from './patient-fetch.ts'

const seconds = (ms: number): number | null => (Number.isFinite(ms) ? ms / 1_000 : null)

/** The settings in force, by the names of the settings file. Times are in seconds; keys of services are told of and not shown. */
export function describeSettings(given: OrchestratorSettings): object {
  const resolved = resolveSettings(given, {})
  const { cache } = resolved
  return {
    model: resolved.model,
    services: Object.fromEntries(
      Object.entries(resolved.services).map(([name, { baseURL, format, apiKey, fetch }]) => [
        name,
        fetch && fetch !== patientFetch
          ? { simulated: true }
          : { base_url: baseURL, format, has_key: apiKey !== undefined },
      ]),
    ),
    failover: resolved.failover,
    retry: {
      attempts: resolved.attempts,
      first_delay: seconds(resolved.firstDelayMs),
      factor: resolved.factor,
      max_delay: seconds(resolved.maxDelayMs),
    },
    retry_budget: resolved.retryBudget,
    breaker: {
      failures: resolved.breaker.failures,
      failure_rate: resolved.breaker.failureRate,
      window: seconds(resolved.breaker.windowMs),
      open_for: seconds(resolved.breaker.openMs),
    },
    budget: {
      limit:
        typeof resolved.budgetLimit === 'bigint' ? formatDollars(resolved.budgetLimit) : (resolved.budgetLimit ?? null),
      fallback_at: resolved.fallbackAt,
      fallback_model: resolved.fallbackModel ?? null,
      check_every: resolved.checkEvery,
    },
    supervision: { hung_after: seconds(resolved.hungAfterMs), max_restarts: resolved.maxRestarts },
    cache: cache
      ? { similarity: cache.similarity, size: cache.size, ttl: seconds(cache.ttlMs), embedding: cache.embedding }
      : false,
    call_timeout: seconds(resolved.callTimeoutMs),
    hedge_after: seconds(resolved.hedgeAfterMs),
    gather_timeout: seconds(resolved.gatherTimeoutMs),
    max_tokens: resolved.maxTokens,
    conversation_tokens: resolved.conversationTokens,
    conversation_lock: seconds(resolved.conversationLockMs),
    max_event_hops: resolved.maxEventHops,
    functions: typeof given.functions === 'object' ? Object.keys(given.functions) : [],
    libraries: Object.keys(given.libraries ?? {}),
  }
}
