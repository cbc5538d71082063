import { brownout, lognormal, outage, type OrchestratorSettings, type ProviderConfig } from 'longhaul'

/** Ready set-ups that the phases share. */

/** Answers in the usual time, and nothing fails. */
export const calmDay: ProviderConfig = { latency: lognormal({ median: '4s', p95: '12s' }) }

/** A fifth of the calls fails, failures come in bursts, and after ten minutes everything gets slow for a quarter of an hour. */
export const badDay: ProviderConfig = {
  latency: lognormal({ median: '6s', p95: '25s' }),
  failRate: 0.2,
  bursts: { meanOn: '30s', meanOff: '10m' },
  windows: [brownout({ from: '10m', for: '15m' })],
}

/** OpenAI is gone for two minutes, one minute after the start. */
export const openaiOutage: ProviderConfig = {
  ...calmDay,
  windows: [outage({ from: '1m', for: '2m', service: 'openai' })],
}

/** An account of the lowest tier. */
export const rateLimitedTier: ProviderConfig = {
  ...calmDay,
  rateLimits: { requestsPerMinute: 10, tokensPerMinute: 20_000, concurrentRequests: 3 },
}

/** Tries so often that a fail rate of a half is survived, for tests that are about something else. */
export const patient = {
  callTimeout: '3m',
  retry: { attempts: 20 },
  retryBudget: 50,
  breaker: { failures: 100 },
} as const satisfies OrchestratorSettings

/** Twenty tries are what it is patient for. */
export const patientChecks = { amplification: { attempts: 20, factor: 6 } }
