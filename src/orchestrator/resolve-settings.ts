import { parseDuration, type Duration } from '../clock/index.ts'
import type { Json } from '../strategy/index.ts'
import type { Money, Price } from '../money/index.ts'
import { checkSettings } from './checked-settings.ts'
import { resolveBreakerSettings } from './questions/breaker/settings.ts'
import { resolveCacheSettings } from './questions/cache/settings.ts'
import { InvalidOrchestratorSettingError } from './setting-error.ts'
import type { CacheSettings, OrchestratorSettings, ServiceSettings, ResolvedOrchestratorSettings } from './settings.ts'

const SERVICES: Readonly<Record<string, ServiceSettings>> = {
  openai: { baseURL: 'https://api.openai.com/v1', format: 'openai' },
  anthropic: { baseURL: 'https://api.anthropic.com', format: 'anthropic' },
}

const text = (value: Json | undefined): string | undefined => (typeof value === 'string' ? value : undefined)

function cacheOf(
  given: CacheSettings | boolean | undefined,
  variable: Json | undefined,
): ResolvedOrchestratorSettings['cache'] {
  const chosen = typeof variable === 'boolean' ? variable && (given || true) : given
  return chosen ? resolveCacheSettings(chosen === true ? {} : chosen) : undefined
}

/** @throws InvalidOrchestratorSettingError for what is no amount of money */
function limitOf(given: Json | undefined, fallback: Money | undefined): Money | undefined {
  const limit = given ?? fallback
  if (limit === undefined) return undefined
  const isAmount =
    typeof limit === 'number'
      ? Number.isFinite(limit) && limit >= 0
      : typeof limit === 'string' || typeof limit === 'bigint'
  if (!isAmount) throw new InvalidOrchestratorSettingError('budget.limit', limit, "US dollars, such as 0.5 or '0.50'")
  return limit as Money
}

/** @throws InvalidOrchestratorSettingError for a price below nothing, or one that is none */
function checkPrices(prices: ResolvedOrchestratorSettings['prices']): ResolvedOrchestratorSettings['prices'] {
  for (const [model, parts] of Object.entries(prices))
    for (const [part, price] of Object.entries(parts) as [string, Price][]) {
      const all = typeof price === 'number' ? [price] : [price?.base, ...(price?.tiers ?? []).map((tier) => tier.price)]
      if (!all.every((each) => Number.isFinite(each) && each >= 0))
        throw new InvalidOrchestratorSettingError(`prices['${model}'].${part}`, price, 'US dollars per million tokens')
    }
  return prices
}

/** Fills in defaults; what the variables of the pattern say goes before. */
export function resolveSettings(
  given: OrchestratorSettings,
  variables: Readonly<Record<string, Json>>,
): ResolvedOrchestratorSettings {
  checkSettings(given)
  const { retry = {}, supervision = {}, budget = {} } = given
  const ms = (value: Duration | undefined, fallback: Duration): number => parseDuration(value ?? fallback)
  const atLeast = (setting: string, value: number, least: number): number => {
    if (value >= least) return value
    throw new InvalidOrchestratorSettingError(setting, value, `a number of at least ${least}`)
  }
  return {
    model: text(variables['model']) ?? given.model ?? 'gpt-4o-mini',
    onlyModel: given.onlyModel,
    services: { ...SERVICES, ...given.services },
    prices: checkPrices(given.prices ?? {}),
    maxTokens: atLeast('maxTokens', given.maxTokens ?? 1_024, 1),
    attempts: atLeast('retry.attempts', retry.attempts ?? 3, 1),
    firstDelayMs: ms(retry.firstDelay, '2s'),
    factor: atLeast('retry.factor', retry.factor ?? 2, 1),
    maxDelayMs: ms(retry.maxDelay, '60s'),
    retryBudget: atLeast('retryBudget', given.retryBudget ?? 2, 0),
    breaker: resolveBreakerSettings(given.breaker),
    failover: given.failover ?? [],
    callTimeoutMs: ms(given.callTimeout, '60s'),
    hedgeAfterMs: given.hedgeAfter === undefined ? Number.POSITIVE_INFINITY : parseDuration(given.hedgeAfter),
    hungAfterMs: ms(supervision.hungAfter, '10m'),
    maxRestarts: atLeast('supervision.maxRestarts', supervision.maxRestarts ?? 3, 0),
    budgetLimit: limitOf(variables['budget_limit'] ?? undefined, budget.limit),
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
