import type { Duration } from '../clock/index.ts'
import type { Identify } from './callers.ts'
import type { Bursts } from './bursts.ts'
import type { ScheduledFault } from './fault-chance.ts'
import type { FaultWindow } from './fault-windows.ts'
import type { FaultMix } from './faults/index.ts'
import type { Latency } from './latency.ts'
import type { ModelConfig } from './models.ts'
import type { RateLimits } from './rate-limits.ts'
import type { ReplyFunction, ReplyRule, ReplySource } from './reply-rules.ts'

/** What may be set for a whole run, and apart for a provider, a model or an agent. */
export interface Behaviour {
  /** Time from request to the end of the answer; in a stream the first token comes after a fifth of it. */
  latency?: Latency
  /** Share of calls that fail, from 0 to 1. */
  failRate?: number
  /** Relative weights of the faults. Default: mostly what clients retry, now and then a call that hangs. */
  faults?: FaultMix
}

/** One agent, as the provider sees it. */
export interface AgentConfig extends Behaviour {
  /** What the model says to this agent. */
  reply?: ReplySource
}

/** One service. */
export interface ServiceConfig extends Behaviour {
  rateLimits?: RateLimits
  /** Calls that are worked on at one time; others wait in line. */
  concurrency?: number
  /** Whether it knows the header `idempotency-key`: works once for each, and repeats its answer. Not for streams. Default false. */
  idempotency?: boolean
  /** The service whose wire formats it speaks, such as `openai`, `anthropic` or `google`. Default: the one of its own name, else `openai`. */
  format?: string
  /** Further addresses at which the service answers, such as a gateway's. */
  baseURLs?: readonly string[]
}

/** The simulated provider of a run. */
export interface ProviderConfig extends Behaviour {
  agents?: Readonly<Record<string, AgentConfig>>
  models?: Readonly<Record<string, ModelConfig & Behaviour>>
  providers?: Readonly<Record<string, ServiceConfig>>
  /** Times with their own faults: `outage(…)`, `brownout(…)`. */
  windows?: readonly FaultWindow[]
  bursts?: Bursts
  /** Exactly these calls fail, in place of those that chance, windows and bursts would choose. */
  schedule?: readonly ScheduledFault[]
  /** What a failed client is told to wait where no bucket tells it. Default 1 s. */
  retryAfter?: Duration
  /** How much longer the fault `slow` takes. Default 5. */
  slowFactor?: number
  /** Factor on every latency. Default 1. */
  latencyScale?: number
  /** Limits of the account, at each provider. */
  rateLimits?: RateLimits
  /** Calls that each provider works on at one time; others wait in line. */
  concurrency?: number
  /** What the models say: rules, or one answer for all. */
  replies?: readonly ReplyRule[] | string | ReplyFunction
  /** Tells who calls. */
  identify?: Identify
}
