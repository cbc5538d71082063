import type { Distribution } from '../random/index.ts'
import type { CallRequest } from './call.ts'
import type { ProviderConfig } from './config.ts'
import type { FaultSettings, FaultSubject } from './fault-chance.ts'
import { resolveWindow, type ResolvedFaultWindow } from './fault-windows.ts'
import { DEFAULT_MIX } from './faults/index.ts'
import { lognormal, toDistribution, type Latency } from './latency.ts'
import type { Model } from './models.ts'
import { areRules, type ReplyRule } from './reply-rules.ts'

/** How long models take where nothing is said: a median of 4 s, and 12 s in one call of twenty. */
const DEFAULT_LATENCY = lognormal({ median: '4s', p95: '12s' })

const DEFAULT_EMBEDDING_LATENCY = '200ms'
const DEFAULT_SLOW_FACTOR = 5

const own = <Value>(record: Readonly<Record<string, Value>> | undefined, key: string): Value | undefined =>
  record && Object.hasOwn(record, key) ? record[key] : undefined

/** Whom a setting may be for. */
type Subject = Pick<FaultSubject, 'agent' | 'model' | 'provider'>

/** Reads settings from the narrowest place where they are given: agent, then model, then provider, then the run. */
export class Settings {
  readonly #config: ProviderConfig
  readonly #distributions = new Map<Latency, Distribution>()

  /** Times with their own faults, in milliseconds. */
  readonly windows: readonly ResolvedFaultWindow[]

  constructor(config: ProviderConfig) {
    this.#config = config
    this.windows = (config.windows ?? []).map(resolveWindow)
  }

  #narrowest<Key extends 'failRate' | 'faults'>(key: Key, { agent, model, provider }: Subject): ProviderConfig[Key] {
    const { agents, models, services } = this.#config
    return own(agents, agent)?.[key] ?? own(models, model)?.[key] ?? own(services, provider)?.[key] ?? this.#config[key]
  }

  /** The distribution of the whole time of a call, or nothing where the model's speed decides. */
  latencyOf(agent: string, request: CallRequest, { speed }: Model): Distribution | undefined {
    const { narrow, wide } = this.#latencies(agent, request)
    if (narrow === undefined && speed) return undefined
    const latency = narrow ?? wide
    return latency === undefined ? DEFAULT_LATENCY : this.distribution(latency)
  }

  /** Embeddings take no time to generate: where no latency is set, they are quick, whatever the speed of their model. */
  embeddingLatency(agent: string, request: CallRequest): Distribution {
    const { narrow, wide } = this.#latencies(agent, request)
    return this.distribution(narrow ?? wide ?? DEFAULT_EMBEDDING_LATENCY)
  }

  /** The latency that is set for an agent or its model, and the one for the service or the run. */
  #latencies(agent: string, { model, provider }: CallRequest): { narrow?: Latency; wide?: Latency } {
    const { agents, models, services, latency } = this.#config
    const narrow = own(agents, agent)?.latency ?? own(models, model)?.latency
    const wide = own(services, provider)?.latency ?? latency
    return { ...(narrow !== undefined && { narrow }), ...(wide !== undefined && { wide }) }
  }

  distribution(latency: Latency): Distribution {
    let distribution = this.#distributions.get(latency)
    if (!distribution) this.#distributions.set(latency, (distribution = toDistribution(latency)))
    return distribution
  }

  /** How much longer the fault `slow` takes. */
  get slowFactor(): number {
    return this.#config.slowFactor ?? DEFAULT_SLOW_FACTOR
  }

  faults(): FaultSettings {
    return {
      rateOf: (subject) => this.#narrowest('failRate', subject) ?? 0,
      mixOf: (subject) => this.#narrowest('faults', subject) ?? DEFAULT_MIX,
      windows: this.windows,
      bursts: this.#config.bursts,
      schedule: this.#config.schedule,
    }
  }

  /** The reply rules: the agents' own ones go first. */
  rules(): ReplyRule[] {
    const { agents, replies } = this.#config
    const ofAgents = Object.entries(agents ?? {}).flatMap(([agent, { reply }]) =>
      reply === undefined ? [] : [{ agent, reply }],
    )
    if (replies === undefined) return ofAgents
    return [...ofAgents, ...(areRules(replies) ? replies : [{ reply: replies }])]
  }

  /** The key by which a request is worked on only once, if its service knows such keys. */
  idempotencyKey({ provider, idempotencyKey }: CallRequest): string | undefined {
    return own(this.#config.services, provider)?.idempotency
      ? idempotencyKey && `${provider}/${idempotencyKey}`
      : undefined
  }

  /** A setting of one service. */
  ofService<Key extends 'rateLimits' | 'concurrency'>(key: Key, provider: string): ProviderConfig[Key] {
    return own(this.#config.services, provider)?.[key] ?? this.#config[key]
  }
}
