import type { Duration } from '../clock/index.ts'
import type { Identify } from './callers.ts'
import type { Bursts } from './bursts.ts'
import type { ScheduledFault } from './fault-chance.ts'
import type { FaultWindow } from './fault-windows.ts'
import type { FaultMix } from './faults/index.ts'
import type { Latency } from './latency.ts'
import type { ModelConfig } from './models.ts'
import type { RateLimits } from './rate-limits.ts'
import type { ReplyRule, ReplySource } from './reply-rules.ts'

/** Settings of a run that a service, a model or an agent can override. */
export interface Behaviour {
  /**
   * Time from the request to the end of the answer; in a stream the first token comes after a fifth of it. Default: a
   * median of 4 s, and 200 ms for embeddings.
   */
  latency?: Latency
  /** Share of calls that fail, from 0 to 1. */
  failRate?: number
  /** Relative weights of the faults. Default: mostly faults that clients retry, and sometimes a call that hangs. */
  faults?: FaultMix
}

/** Settings of one agent at the provider. */
export interface AgentConfig extends Behaviour {
  /** The replies to this agent. */
  reply?: ReplySource
}

/** Settings of one service. */
export interface ServiceConfig extends Behaviour {
  /** Limits of the account at this service. Default: none. */
  rateLimits?: RateLimits
  /** Number of calls that the service processes at the same time; further calls are queued. Default: no limit. */
  concurrency?: number
  /**
   * Whether the service supports the header `idempotency-key`: it processes each key once, and repeats the answer. Not
   * for streams. Default false.
   */
  idempotency?: boolean
  /** How `retry-after` tells the time to wait at this service. Default: the setting of the provider. */
  retryAfterFormat?: 'seconds' | 'date'
  /**
   * The service whose wire formats this service uses, such as `openai`, `anthropic` or `google`. Default: the formats
   * of the service of the same name, else `openai`.
   */
  format?: string
  /** Further addresses at which the service answers, such as a gateway's. */
  baseURLs?: readonly string[]
}

/** The simulated provider of a run. */
export interface ProviderConfig extends Behaviour {
  /** Settings of single agents, by name. */
  agents?: Readonly<Record<string, AgentConfig>>
  /** Settings of single models, by name; also models that longhaul does not know. */
  models?: Readonly<Record<string, ModelConfig & Behaviour>>
  /** Settings of single services, by name (`openai`, `anthropic` …); also gateways and self-hosted services. */
  services?: Readonly<Record<string, ServiceConfig>>
  /** @deprecated The former name of `services`. */
  providers?: Readonly<Record<string, ServiceConfig>>
  /** Windows with their own faults: `outage(…)`, `brownout(…)`. */
  windows?: readonly FaultWindow[]
  /** Failures in bursts. Default: none. */
  bursts?: Bursts
  /** Exactly these calls fail, instead of the calls that chance, windows and bursts would choose. */
  schedule?: readonly ScheduledFault[]
  /** The time in `retry-after` if no rate limit determines it. Default 1 s. */
  retryAfter?: Duration
  /**
   * How `retry-after` tells the time to wait: in seconds, or as an HTTP date of the run, as some proxies do. A date
   * replaces `retry-after-ms` too. Default `seconds`.
   */
  retryAfterFormat?: 'seconds' | 'date'
  /** Factor on the latency of a call with the fault `slow`. Default 5. */
  slowFactor?: number
  /** Factor on every latency. Default 1. */
  latencyScale?: number
  /** Limits of the account at each service. Default: none. */
  rateLimits?: RateLimits
  /** Number of calls that each service processes at the same time; further calls are queued. Default: no limit. */
  concurrency?: number
  /** The replies of the models: rules, or the reply of all calls, as `agents.<name>.reply` takes it. Default: generated text. */
  replies?: readonly ReplyRule[] | ReplySource
  /** Names the agent that makes a call. */
  identify?: Identify
}
