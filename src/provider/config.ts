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

/** Settings of a run that a service, a model or an agent can override. */
export interface Behaviour {
  /** Time from the request to the end of the answer; in a stream the first token comes after a fifth of it. Default: a median of 4 s. */
  latency?: Latency
  /** Share of calls that fail, from 0 to 1. */
  failRate?: number
  /** Relative weights of the faults. Default: mostly faults that clients retry, and sometimes a call that hangs. */
  faults?: FaultMix
}

/** One agent, as the provider sees it. */
export interface AgentConfig extends Behaviour {
  /** The replies to this agent. */
  reply?: ReplySource
}

/** One service. */
export interface ServiceConfig extends Behaviour {
  /** Limits of the account at this service. Default: none. */
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
  /** Settings of single agents, by name. */
  agents?: Readonly<Record<string, AgentConfig>>
  /** Settings of single models, by name; also models of your own. */
  models?: Readonly<Record<string, ModelConfig & Behaviour>>
  /** Settings of single services, by name (`openai`, `anthropic` …); also gateways and services of your own. */
  services?: Readonly<Record<string, ServiceConfig>>
  /** @deprecated The former name of `services`. */
  providers?: Readonly<Record<string, ServiceConfig>>
  /** Times with their own faults: `outage(…)`, `brownout(…)`. */
  windows?: readonly FaultWindow[]
  /** Failures in bursts. Default: none. */
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
