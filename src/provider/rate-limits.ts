import type { Milliseconds } from '../clock/index.ts'
import type { LimitState, LimitStates } from './call.ts'

/**
 * Rate limits of an account. Token buckets refill steadily; the service rejects a call that finds a bucket empty, and
 * states the time to wait. It always rejects a call that alone has more tokens than a limit allows in a minute.
 */
export interface RateLimits {
  /** Requests in a minute. Default: no limit. */
  requestsPerMinute?: number
  /** Input and output tokens in a minute. Default: no limit. */
  tokensPerMinute?: number
  /** Input tokens in a minute. Default: no limit. */
  inputTokensPerMinute?: number
  /** Output tokens in a minute. Default: no limit. */
  outputTokensPerMinute?: number
  /** Number of calls that may be open at the same time; the service rejects further calls. Default: no limit. */
  concurrentRequests?: number
}

const MINUTE = 60_000
/** What a client is told to wait when too many calls are open: nobody knows when one will end. */
const CONCURRENCY_RETRY_MS = 1_000

const NO_LIMITS: LimitStates = Object.freeze({})

/** A token bucket: holds up to a minute's worth, and may be overdrawn by what was not known beforehand. */
class Bucket {
  readonly perMinute: number
  #level: number
  #at: Milliseconds = 0

  constructor(perMinute: number) {
    this.perMinute = perMinute
    this.#level = perMinute
  }

  #refill(now: Milliseconds): void {
    this.#level = Math.min(this.perMinute, this.#level + ((now - this.#at) / MINUTE) * this.perMinute)
    this.#at = now
  }

  /** Milliseconds until `amount` fits; 0 if it fits now. What comes from a cache may exceed the limit: it fits when the bucket is full. */
  waitFor(amount: number, now: Milliseconds): Milliseconds {
    this.#refill(now)
    const lacking = Math.min(amount, this.perMinute) - this.#level
    return lacking <= 0 ? 0 : Math.ceil((lacking / this.perMinute) * MINUTE)
  }

  take(amount: number, now: Milliseconds): void {
    this.#refill(now)
    this.#level -= amount
  }

  state(now: Milliseconds, epoch: Milliseconds): LimitState {
    this.#refill(now)
    const remaining = Math.max(0, Math.floor(this.#level))
    const resetMs = Math.ceil(((this.perMinute - this.#level) / this.perMinute) * MINUTE)
    return { limit: this.perMinute, remaining, resetMs, resetAt: epoch + now + resetMs }
  }
}

/** A refusal by a limit. */
export interface LimitRefusal {
  limit: 'requests' | 'tokens' | 'inputTokens' | 'outputTokens' | 'concurrency'
  retryAfterMs: Milliseconds
}

/** The limits on tokens that a single request may exceed. */
export type TokenLimit = 'tokens' | 'inputTokens'

/** A limit that a request exceeds alone. */
export interface Excess {
  limit: TokenLimit
  perMinute: number
  requested: number
}

/** The limits of one account at one provider. */
export class RateLimiter {
  readonly #buckets: Partial<Record<keyof LimitStates, Bucket>> = {}
  readonly #limitless: boolean
  readonly #concurrent: number
  #open = 0

  constructor(limits: RateLimits) {
    const per = {
      requests: limits.requestsPerMinute,
      tokens: limits.tokensPerMinute,
      inputTokens: limits.inputTokensPerMinute,
      outputTokens: limits.outputTokensPerMinute,
    }
    for (const [name, perMinute] of Object.entries(per)) {
      if (perMinute !== undefined) this.#buckets[name as keyof LimitStates] = new Bucket(perMinute)
    }
    this.#limitless = Object.keys(this.#buckets).length === 0
    this.#concurrent = limits.concurrentRequests ?? Number.POSITIVE_INFINITY
  }

  /** The limit that a request of so many tokens exceeds even if nothing else is asked. */
  excess(requested: Readonly<Record<TokenLimit, number>>): Excess | undefined {
    if (this.#limitless) return undefined
    for (const limit of ['tokens', 'inputTokens'] as const) {
      const perMinute = this.#buckets[limit]?.perMinute ?? Number.POSITIVE_INFINITY
      if (requested[limit] > perMinute) return { limit, perMinute, requested: requested[limit] }
    }
    return undefined
  }

  /** Lets a call in, or says what stands against it. A call that was let in must be released. */
  admit(inputTokens: number, now: Milliseconds): LimitRefusal | undefined {
    if (this.#open >= this.#concurrent) return { limit: 'concurrency', retryAfterMs: CONCURRENCY_RETRY_MS }
    this.#open += 1
    if (this.#limitless) return undefined
    const wanted = { requests: 1, tokens: inputTokens, inputTokens, outputTokens: 1 } as const
    let worst: LimitRefusal | undefined
    for (const [name, bucket] of Object.entries(this.#buckets) as [keyof typeof wanted, Bucket][]) {
      const retryAfterMs = bucket.waitFor(wanted[name], now)
      if (retryAfterMs > (worst?.retryAfterMs ?? 0)) worst = { limit: name, retryAfterMs }
    }
    if (worst) {
      this.#open -= 1
      return worst
    }
    this.#buckets.requests?.take(1, now)
    this.#buckets.tokens?.take(inputTokens, now)
    this.#buckets.inputTokens?.take(inputTokens, now)
    return undefined
  }

  /** Ends a call that was let in, and books what it has generated. */
  release(outputTokens: number, now: Milliseconds): void {
    this.#open -= 1
    this.#buckets.tokens?.take(outputTokens, now)
    this.#buckets.outputTokens?.take(outputTokens, now)
  }

  /** What response headers say. `epoch` is the Unix time at which `now` was 0. */
  states(now: Milliseconds, epoch: Milliseconds): LimitStates {
    if (this.#limitless) return NO_LIMITS
    const states: LimitStates = {}
    for (const [name, bucket] of Object.entries(this.#buckets) as [keyof LimitStates, Bucket][])
      states[name] = bucket.state(now, epoch)
    return states
  }
}
