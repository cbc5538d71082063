import type { Money, Prices } from '../money/index.ts'
import type { Duration } from '../clock/index.ts'
import type { ResolvedBreakerSettings, BreakerSettings } from './questions/breaker/settings.ts'
import type { ResolvedCacheSettings, CacheSettings } from './questions/cache/settings.ts'
import type { ServiceSettings } from './service/settings.ts'

export type { CacheSettings } from './questions/cache/settings.ts'
export type { ServiceSettings } from './service/settings.ts'

/**
 * A function of the test that a strategy calls by `CALL name(…)`. Its result, or the result of its promise, becomes
 * plain data as in JSON. After a kill, the orchestrator may call the function again: the result should depend on the
 * arguments only.
 */
export type StrategyFunction = (...given: never[]) => unknown

/** Creates functions for a run, from the names of its agents (without the orchestrating agent). */
export type FunctionLibrary = (agents: readonly string[]) => Readonly<Record<string, StrategyFunction>>

/** How the orchestrator handles failures of calls. */
export interface ResilienceSettings {
  /** Retries of one request at one model. */
  retry?: {
    /** Attempts of one request at one model, including the first. Default 3. */
    attempts?: number
    /** Upper bound of the first pause; full jitter draws from zero to the bound. Default 2 s. */
    firstDelay?: Duration
    /** Factor by which the bound grows with each retry. Default 2. */
    factor?: number
    /** Upper bound of every pause. Default 60 s. */
    maxDelay?: Duration
  }
  /** Retries per request, on average over the run; above it, requests fail without a retry. Default 2, and 20 initial ones. */
  retryBudget?: number
  /** The circuit breaker of each model. */
  breaker?: BreakerSettings
  /** Fallback models, in this order, for a model that fails permanently or whose breaker is open: `'claude-haiku-4-5'`, `'openai/gpt-4o'`. */
  failover?: readonly string[]
  /** Time limit of one attempt. Default 60 s. */
  callTimeout?: Duration
  /** Sends a second (hedged) request after this time without an answer, and takes the first answer. Default: never. */
  hedgeAfter?: Duration
}

/** How the orchestrator handles agents that make no progress. */
export interface SupervisionSettings {
  /** Time without progress after which a working agent counts as hung. Default 10 m. */
  hungAfter?: Duration
  /** Restarts of a hung agent before it is marked as failed. Default 3. */
  maxRestarts?: number
}

/** Limits of the cost of a run. */
export interface BudgetSettings {
  /** Limit of the whole run: US dollars, or picodollars as a bigint. The worst-case cost is reserved before each call, so that the limit is never exceeded. */
  limit?: Money
  /** Share of the limit above which `fallbackModel` replaces the models of the agents. Default 0.8. */
  fallbackAt?: number
  /** A cheaper model. Default: none. */
  fallbackModel?: string
  /** Number of calls between two `cost.checked` events in the trace. Default 10. */
  checkEvery?: number
}

/** Settings of the reference orchestrator. The pattern's variables `budget_limit`, `enable_cache`, `fallback_model` and `timeout` override them. */
export interface OrchestratorSettings extends ResilienceSettings {
  /** The model of agents for which the pattern names none. Default `'gpt-4o-mini'`. */
  model?: string
  /**
   * Uses this model for all agents instead of the models in the pattern, to compare models. `failover` and a fallback
   * model are not affected.
   */
  onlyModel?: string
  /** Services by name. Default: OpenAI's and Anthropic's own addresses. */
  services?: Readonly<Record<string, ServiceSettings>>
  /** Prices of models that are in no price table. US dollars per million tokens. */
  prices?: Readonly<Record<string, Prices>>
  /** Maximum number of tokens of one answer. Default 1,024. */
  maxTokens?: number
  /** Hung agents: when they are restarted. */
  supervision?: SupervisionSettings
  /** Limits of the cost of a run. Default: none. */
  budget?: BudgetSettings
  /** Caches answers; `true` for the default settings. Default off. */
  cache?: CacheSettings | boolean
  /** Maximum length of a conversation in estimated tokens; the oldest messages are dropped. Default 16,000. */
  conversationTokens?: number
  /** How long one request may lock a conversation before the next in line gets the lock. Default 300 s. */
  conversationLock?: Duration
  /** Timeout of a GATHER that sets none. Default 5 m. */
  gatherTimeout?: Duration
  /** Maximum length of a chain of events. Default 10. */
  maxEventHops?: number
  /** Functions for `CALL name(…)`; or a function that makes them for each run. */
  functions?: Readonly<Record<string, StrategyFunction>> | FunctionLibrary
  /** Libraries that patterns can name as `functions:`, in addition to the built-in `game_theory`. */
  libraries?: Readonly<Record<string, FunctionLibrary>>
  /** Adds each prompt and its answer to the trace, with latency, tokens and cost. Default off. The variable `trace_enabled` overrides it. */
  traceCompletions?: boolean
}

/** The settings in force. */
export interface ResolvedOrchestratorSettings {
  model: string
  onlyModel: string | undefined
  services: Readonly<Record<string, ServiceSettings>>
  prices: Readonly<Record<string, Prices>>
  maxTokens: number
  attempts: number
  firstDelayMs: number
  factor: number
  maxDelayMs: number
  retryBudget: number
  breaker: ResolvedBreakerSettings
  failover: readonly string[]
  callTimeoutMs: number
  hedgeAfterMs: number
  hungAfterMs: number
  maxRestarts: number
  budgetLimit: Money | undefined
  fallbackAt: number
  fallbackModel: string | undefined
  checkEvery: number
  cache: ResolvedCacheSettings | undefined
  conversationTokens: number
  conversationLockMs: number
  gatherTimeoutMs: number
  maxEventHops: number
  traceCompletions: boolean
}
