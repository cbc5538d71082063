import type { CallRequest } from './call.ts'
import { ConcurrencyQueue } from './concurrency-queue.ts'
import { PromptCache } from './prompt-cache.ts'
import { RateLimiter } from './rate-limits.ts'
import type { Settings } from './settings.ts'

/** What is shared by all calls of one service. */
export interface Service {
  limiter: RateLimiter
  /** Nothing where all calls are worked on at once. */
  queue: ConcurrencyQueue | undefined
  cache: PromptCache
}

/** The services, each made when it is first called. */
export class Services {
  readonly #settings: Settings
  readonly #known = new Map<string, Service>()

  constructor(settings: Settings) {
    this.#settings = settings
  }

  /** The service that a request asks. */
  of({ provider }: Pick<CallRequest, 'provider'>): Service {
    let service = this.#known.get(provider)
    if (!service) {
      const concurrency = this.#settings.ofService('concurrency', provider) ?? Number.POSITIVE_INFINITY
      service = {
        limiter: new RateLimiter(this.#settings.ofService('rateLimits', provider) ?? {}),
        queue: concurrency === Number.POSITIVE_INFINITY ? undefined : new ConcurrencyQueue(concurrency),
        cache: new PromptCache(),
      }
      this.#known.set(provider, service)
    }
    return service
  }
}
