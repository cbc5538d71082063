import { CompletionError } from '../service/failures.ts'
import type { ReportedLimit } from '../service/limits.ts'
import { onAbort } from '../service/on-abort.ts'
import { formatDuration } from '../../clock/index.ts'
import type { Timekeeper } from '../service/time.ts'
import type { Policy } from './completion.ts'

const MINUTE_MS = 60_000
/** The longest pause between two calls that is learnt from refusals. */
const MAX_SPACE_MS = MINUTE_MS
/** What is left of that pause after each answer, and below which it is none. */
const EASE = 0.75
const MIN_SPACE_MS = 10

/** The bucket of requests that a service tells of, as it stands here. */
interface Bucket {
  limit: number
  level: number
  /** Unix milliseconds. */
  at: number
  /** Until one more request fits. */
  unitMs: number
}

/**
 * What one account may ask of a service. `retry-after` binds all who share the account: until then nobody asks, and from then on one
 * after another, as far apart as the service has shown that it wants them. Where its headers tell what is left, nobody has to be
 * refused for it.
 */
export class Account {
  readonly #time: Timekeeper
  readonly #line: (() => void)[] = []
  #notBefore: number
  #spaceMs = 0
  #lastAt = Number.NEGATIVE_INFINITY
  #bucket: Bucket | undefined
  /** The account is not served at all until then. */
  #closed: { until: number; failure: CompletionError } | undefined
  #stopTimer: (() => void) | undefined

  /** @param notBefore nobody may ask before. Unix milliseconds */
  constructor(time: Timekeeper, notBefore = 0) {
    this.#time = time
    this.#notBefore = notBefore
  }

  /** Until then nobody may ask. Unix milliseconds. */
  get notBefore(): number {
    return this.#notBefore
  }

  /** Whether who asks now has to wait. */
  get isBusy(): boolean {
    return this.#line.length > 0 || this.#waitMs > 0
  }

  /**
   * Waits until it may ask, first come, first served. Rejects with the signal's reason, or with a CompletionError where the account
   * is closed, or the wait would be longer than `patienceMs`.
   */
  enter(signal: AbortSignal, patienceMs = Number.POSITIVE_INFINITY): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason as Error)
      const standing = this.#standing(patienceMs)
      if (standing) return reject(standing)
      const turn = (): void => {
        stop()
        resolve()
      }
      const stop = onAbort(signal, () => {
        this.#line.splice(this.#line.indexOf(turn), 1)
        reject(signal.reason)
      })
      this.#line.push(turn)
      this.#admit()
    })
  }

  /** A call was refused: nobody asks before. */
  refused(retryAfterMs: number, limit: ReportedLimit | undefined): void {
    const now = this.#time.now()
    this.#notBefore = Math.max(this.#notBefore, now + retryAfterMs)
    if (limit) this.#fill(limit, now)
    else this.#spaceMs = Math.min(MAX_SPACE_MS, Math.max(this.#spaceMs, retryAfterMs))
  }

  /** The service asks everybody to stay away for so long. */
  awayFor(ms: number): void {
    this.#notBefore = Math.max(this.#notBefore, this.#time.now() + ms)
  }

  /** The account is not served for so long, whatever is asked. */
  close(failure: CompletionError, forMs: number): void {
    this.#closed = { until: this.#time.now() + forMs, failure }
  }

  /** What stands against a call now, and is known without making it. */
  #standing(patienceMs: number): CompletionError | undefined {
    const now = this.#time.now()
    if (this.#closed && now < this.#closed.until) {
      const { kind, message, noAccess } = this.#closed.failure
      return new CompletionError(kind, message, { noAccess, unmade: true })
    }
    const waitMs = this.#waitMs + this.#line.length * Math.max(this.#spaceMs, this.#bucket?.unitMs ?? 0)
    if (waitMs <= patienceMs) return undefined
    return new CompletionError(
      'rate_limited',
      `The provider accepts the next request of this account in ${formatDuration(Math.ceil(waitMs))}.`,
      {
        retryAfterMs: waitMs,
        unmade: true,
      },
    )
  }

  /** A call was answered. */
  answered(limit: ReportedLimit | undefined): void {
    if (limit) this.#fill(limit, this.#time.now())
    else if (this.#spaceMs > 0) this.#spaceMs = this.#spaceMs * EASE < MIN_SPACE_MS ? 0 : this.#spaceMs * EASE
    this.#admit()
  }

  #fill({ limit, remaining, fullInMs }: ReportedLimit, now: number): void {
    const missing = limit - remaining
    const unitMs = Math.max(MINUTE_MS / limit, missing > 0 ? fullInMs / missing : 0)
    // Headers round down; the time until it is full tells the rest. They may be older than what was let through since.
    const told = Math.min(limit, Math.max(remaining, limit - fullInMs / unitMs))
    const known = this.#bucket?.limit === limit ? this.#refilled(now)!.level : limit
    this.#bucket = { limit, level: Math.min(told, known), at: now, unitMs }
    this.#spaceMs = 0
  }

  get #waitMs(): number {
    const now = this.#time.now()
    const waits = [this.#notBefore - now, this.#lastAt + this.#spaceMs - now]
    const bucket = this.#refilled(now)
    if (bucket && bucket.level < 1) waits.push((1 - bucket.level) * bucket.unitMs)
    return Math.max(0, ...waits)
  }

  #refilled(now: number): Bucket | undefined {
    const bucket = this.#bucket
    if (!bucket) return undefined
    bucket.level = Math.min(bucket.limit, bucket.level + (now - bucket.at) / bucket.unitMs)
    bucket.at = now
    return bucket
  }

  #admit(): void {
    this.#stopTimer?.()
    this.#stopTimer = undefined
    while (this.#line.length > 0) {
      const waitMs = Math.ceil(this.#waitMs)
      if (waitMs > 0) {
        this.#stopTimer = this.#time.after(Math.min(waitMs, MINUTE_MS), () => this.#admit())
        return
      }
      this.#lastAt = this.#time.now()
      if (this.#bucket) this.#bucket.level -= 1
      this.#line.shift()!()
    }
  }
}

/** One account a service, made when first needed. */
export class Accounts {
  readonly #time: Timekeeper
  readonly #patienceMs: number
  readonly #accounts = new Map<string, Account>()

  /**
   * @param before when services may be asked again, from before a restart. Unix milliseconds
   * @param options how long a question waits, where it may be asked elsewhere
   */
  constructor(
    time: Timekeeper,
    before: Readonly<Record<string, number>> = {},
    { patienceMs = Number.POSITIVE_INFINITY }: { patienceMs?: number } = {},
  ) {
    this.#time = time
    this.#patienceMs = patienceMs
    for (const [service, notBefore] of Object.entries(before)) this.#accounts.set(service, new Account(time, notBefore))
  }

  /** When services may be asked again that have named a time. Unix milliseconds. */
  save(): Record<string, number> {
    const now = this.#time.now()
    return Object.fromEntries(
      [...this.#accounts].flatMap(([service, { notBefore }]) => (notBefore > now ? [[service, notBefore]] : [])),
    )
  }

  /** Asks when the account may, and learns from each end when that is. */
  readonly paced: Policy = (complete) => async (question, signal) => {
    const { target, following } = question
    let account = this.#accounts.get(target.provider)
    if (!account) this.#accounts.set(target.provider, (account = new Account(this.#time)))
    if (account.isBusy) {
      const goesOn = following?.pauses()
      try {
        await account.enter(signal, this.#patienceMs)
      } finally {
        goesOn?.()
      }
    } else await account.enter(signal, this.#patienceMs)
    try {
      const completion = await complete(question, signal)
      account.answered(completion.limit)
      return completion
    } catch (error) {
      if (error instanceof CompletionError) {
        if (error.noAccess) {
          if (error.noAccess.forMs !== undefined) account.close(error, error.noAccess.forMs)
        } else if (error.kind === 'rate_limited') account.refused(error.retryAfterMs ?? 0, error.limit)
        else if (error.retryAfterMs) account.awayFor(error.retryAfterMs)
      }
      throw error
    }
  }
}
