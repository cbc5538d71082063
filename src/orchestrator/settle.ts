import { parseDuration, type Duration } from '../clock/index.ts'
import type { Json } from '../strategy/index.ts'
import type { CacheSettings, OrchestratorSettings, ServiceSettings, Settled } from './settings.ts'

const SERVICES: Readonly<Record<string, ServiceSettings>> = {
  openai: { baseURL: 'https://api.openai.com/v1', format: 'openai' },
  anthropic: { baseURL: 'https://api.anthropic.com', format: 'anthropic' },
}

/** Thrown for a setting of the orchestrator that makes no sense. */
export class InvalidOrchestratorSettingError extends Error {
  override readonly name = 'InvalidOrchestratorSettingError'
  readonly code = 'LONGHAUL_INVALID_ORCHESTRATOR'
  constructor(setting: string, given: unknown, wanted: string) {
    super(`The orchestrator's setting ${setting} is ${JSON.stringify(given)}. Give ${wanted}.`)
  }
}

const text = (value: Json | undefined): string | undefined => (typeof value === 'string' ? value : undefined)

function cacheOf(given: CacheSettings | boolean | undefined, variable: Json | undefined): Settled['cache'] {
  const chosen = typeof variable === 'boolean' ? variable && (given || true) : given
  if (!chosen) return undefined
  const { similarity = 0.95, size = 1_000, embedding = 'local' } = chosen === true ? {} : chosen
  if (!(similarity > 0 && similarity <= 1))
    throw new InvalidOrchestratorSettingError('cache.similarity', similarity, 'a number above 0 and up to 1')
  return { similarity, size, embedding }
}

/** Fills in defaults; what the variables of the pattern say goes before. */
export function settle(given: OrchestratorSettings, variables: Readonly<Record<string, Json>>): Settled {
  const { retry = {}, breaker = {}, supervision = {}, budget = {} } = given
  const ms = (value: Duration | undefined, fallback: Duration): number => parseDuration(value ?? fallback)
  const atLeast = (setting: string, value: number, least: number): number => {
    if (value >= least) return value
    throw new InvalidOrchestratorSettingError(setting, value, `a number from ${least} on`)
  }
  const limit = variables['budget_limit']
  return {
    model: text(variables['model']) ?? given.model ?? 'gpt-4o-mini',
    services: { ...SERVICES, ...given.services },
    prices: given.prices ?? {},
    maxTokens: atLeast('maxTokens', given.maxTokens ?? 1_024, 1),
    attempts: atLeast('retry.attempts', retry.attempts ?? 3, 1),
    firstDelayMs: ms(retry.firstDelay, '2s'),
    factor: atLeast('retry.factor', retry.factor ?? 2, 1),
    maxDelayMs: ms(retry.maxDelay, '60s'),
    retryBudget: atLeast('retryBudget', given.retryBudget ?? 2, 0),
    breakerFailures: atLeast('breaker.failures', breaker.failures ?? 5, 1),
    breakerShare: breaker.share ?? 0.8,
    breakerWindowMs: ms(breaker.window, '5m'),
    breakerOpenMs: ms(breaker.openFor, '5m'),
    failover: given.failover ?? [],
    callTimeoutMs: ms(given.callTimeout, '60s'),
    hedgeAfterMs: given.hedgeAfter === undefined ? Number.POSITIVE_INFINITY : parseDuration(given.hedgeAfter),
    hungAfterMs: ms(supervision.hungAfter, '10m'),
    maxRestarts: atLeast('supervision.maxRestarts', supervision.maxRestarts ?? 3, 0),
    budgetLimit: typeof limit === 'number' || typeof limit === 'string' ? limit : budget.limit,
    fallbackAt: budget.fallbackAt ?? 0.8,
    fallbackModel: text(variables['fallback_model']) ?? budget.fallbackModel,
    checkEvery: atLeast('budget.checkEvery', budget.checkEvery ?? 10, 1),
    cache: cacheOf(given.cache, variables['enable_cache']),
    conversationTokens: given.conversationTokens ?? 16_000,
    conversationLockMs: ms(given.conversationLock, '300s'),
    gatherTimeoutMs: ms(given.gatherTimeout, '5m'),
    maxEventHops: given.maxEventHops ?? 10,
    traceCompletions:
      typeof variables['trace_enabled'] === 'boolean' ? variables['trace_enabled'] : (given.traceCompletions ?? false),
  }
}
