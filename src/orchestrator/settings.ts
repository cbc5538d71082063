import type { Money, Prices } from '../money/index.ts'
import type { Duration } from '../clock/index.ts'
import type { BreakerLimits, BreakerSettings } from './questions/breaker/settings.ts'
import type { CacheLimits, CacheSettings } from './questions/cache/settings.ts'
import type { ServiceSettings } from './service/settings.ts'

export type { CacheSettings } from './questions/cache/settings.ts'
export type { ServiceSettings } from './service/settings.ts'

/**
 * A function of the test that a strategy calls with `CALL name(…)`. What it gives, or what it gives a promise of, becomes plain data as in JSON. It is called again where a run
 * was killed meanwhile: what it gives should depend on its arguments alone.
 */
export type StrategyFunction = (...given: never[]) => unknown

/** Makes functions for a run, given the names of its agents (the orchestrating one left out). */
export type FunctionLibrary = (agents: readonly string[]) => Readonly<Record<string, StrategyFunction>>

/** How failures of calls are met. */
export interface ResilienceSettings {
  retry?: {
    /** Tries of one request at one model, the first one included. Default 3. */
    attempts?: number
    /** The longest first pause; full jitter draws from zero to it. Default 2 s. */
    firstDelay?: Duration
    /** Growth of the longest pause. Default 2. */
    factor?: number
    /** The longest pause of all. Default 60 s. */
    maxDelay?: Duration
  }
  /** Retries for each request, on average over the run; above it, requests fail without being retried. Default 2, and 20 free ones. */
  retryBudget?: number
  breaker?: BreakerSettings
  /** Models that stand in, in this order, when one fails for good or its breaker is open: `'claude-haiku-4-5'`, `'openai/gpt-4o'`. */
  failover?: readonly string[]
  /** The longest that one try may take. Default 60 s. */
  callTimeout?: Duration
  /** Sends a second request when the first has no answer after so long, and takes the answer that comes first. Default: never. */
  hedgeAfter?: Duration
}

/** How agents that stop making progress are met. */
export interface SupervisionSettings {
  /** An agent at work without any progress for so long is taken to hang. Default 10 m. */
  hungAfter?: Duration
  /** How often a hung agent is started again before it is given up. Default 3. */
  maxRestarts?: number
}

/** What money may be spent. */
export interface BudgetSettings {
  /** For the whole run: US dollars, or picodollars as a bigint. Before each call its worst case is reserved, so that the limit is never exceeded. */
  limit?: Money
  /** The share of the limit from which on `fallbackModel` is asked in place of the agents' own models. Default 0.8. */
  fallbackAt?: number
  fallbackModel?: string
  /** How often the spending is checked and noted in the trace. Default: every 10 calls. */
  checkEvery?: number
}

/** Everything that may be set of the orchestrator. The pattern's variables `budget_limit`, `enable_cache`, `fallback_model` and `timeout` go before it. */
export interface OrchestratorSettings extends ResilienceSettings {
  /** Where there is no other: `'gpt-4o-mini'`. */
  model?: string
  /** All agents are asked at this model, whatever the pattern says, to compare models. `failover` and a fallback model stay. */
  onlyModel?: string
  /** Services by name. Default: OpenAI's and Anthropic's own addresses. */
  services?: Readonly<Record<string, ServiceSettings>>
  /** US dollars for a million tokens, for models that are in no price table. */
  prices?: Readonly<Record<string, Prices>>
  /** Most tokens of one answer. Default 1,024. */
  maxTokens?: number
  supervision?: SupervisionSettings
  budget?: BudgetSettings
  /** `true` for the defaults. Default off. */
  cache?: CacheSettings | boolean
  /** Longer conversations lose their oldest messages. Tokens, estimated. Default 16,000. */
  conversationTokens?: number
  /** Who holds a conversation for longer than this loses it to the next in line. Default 300 s. */
  conversationLock?: Duration
  /** How long a gather waits without a timeout of its own. Default 5 m. */
  gatherTimeout?: Duration
  /** How many times an event may lead to another before the chain is cut. Default 10. */
  maxEventHops?: number
  /** What `CALL name(…)` calls. A function makes them anew for each run. */
  functions?: Readonly<Record<string, StrategyFunction>> | FunctionLibrary
  /** What patterns may name as `functions:`, beside `game_theory`, which comes with longhaul. */
  libraries?: Readonly<Record<string, FunctionLibrary>>
  /** Puts each question and its answer into the trace, with latency, tokens and cost. Default off. The variable `trace_enabled` goes before it. */
  traceCompletions?: boolean
}

/** The settings in force. */
export interface Settled {
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
  breaker: BreakerLimits
  failover: readonly string[]
  callTimeoutMs: number
  hedgeAfterMs: number
  hungAfterMs: number
  maxRestarts: number
  budgetLimit: Money | undefined
  fallbackAt: number
  fallbackModel: string | undefined
  checkEvery: number
  cache: CacheLimits | undefined
  conversationTokens: number
  conversationLockMs: number
  gatherTimeoutMs: number
  maxEventHops: number
  traceCompletions: boolean
}
