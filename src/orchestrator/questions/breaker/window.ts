import type { ResolvedBreakerSettings } from './settings.ts'

/** A call as the window knows it. */
export interface WindowedCall {
  startedAt: number
  /** Null while it is under way. Unix milliseconds, as all times here. */
  endedAt: number | null
  failed: boolean
}

/** So many calls are looked at, up to twice as many for a while. */
const MAX_CALLS = 1_000

/**
 * The newest calls to a service, in the order of their start, and whether they say that it is down.
 *
 * Failures mostly come back sooner than answers. So calls are not counted as they end: one that is under way counts as half an
 * answer for all that began after it. A burst of calls to a healthy service is then no outage, though its first ends are failures only.
 * Each failure counts one, each answer takes some away, never below zero (a cumulative sum: E. S. Page, "Continuous inspection
 * schemes", Biometrika 41, 1954).
 */
export class BreakerWindow {
  readonly #limits: Pick<ResolvedBreakerSettings, 'failures' | 'windowMs'>
  /** Failures that an answer makes up for. */
  readonly #weight: number
  #calls: WindowedCall[] = []

  /** @param before calls that had ended before a restart */
  constructor(limits: Omit<ResolvedBreakerSettings, 'openMs'>, before: readonly WindowedCall[] = []) {
    this.#limits = limits
    this.#weight = limits.failureRate < 1 ? limits.failureRate / (1 - limits.failureRate) : Number.POSITIVE_INFINITY
    this.#calls = before.map((call) => ({ ...call }))
  }

  /** A call begins. */
  begin(now: number): WindowedCall {
    const call = { startedAt: now, endedAt: null, failed: false }
    this.#forgetOld(now)
    this.#calls.push(call)
    return call
  }

  /** A call has ended, and tells of the service's health. Whether the service is down by all that is known now. */
  end(call: WindowedCall, { failed, now }: { failed: boolean; now: number }): boolean {
    call.endedAt = now
    call.failed = failed
    return failed && this.#unmatched(now) >= this.#limits.failures
  }

  /** A call has ended otherwise. */
  drop(call: WindowedCall): void {
    const place = this.#calls.indexOf(call)
    if (place >= 0) this.#calls.splice(place, 1)
  }

  clear(): void {
    this.#calls = []
  }

  /** Failures among the newest calls. */
  failures(now: number): number {
    return this.#calls.filter((call) => call.failed && this.#counts(call, now)).length
  }

  /** Calls that have ended, as plain data. */
  save(): WindowedCall[] {
    return this.#calls.filter(({ endedAt }) => endedAt !== null).map((call) => ({ ...call }))
  }

  #counts({ endedAt }: WindowedCall, now: number): boolean {
    return endedAt === null || now - endedAt < this.#limits.windowMs
  }

  /** Failures that answers have not made up for. Calls that began after the newest end say nothing yet. */
  #unmatched(now: number): number {
    let unmatched = 0
    let madeUpFor = 0
    for (const call of this.#calls) {
      if (!this.#counts(call, now)) continue
      if (!call.failed) madeUpFor += call.endedAt === null ? this.#weight / 2 : this.#weight
      if (call.endedAt === null) continue
      if (madeUpFor > 0) unmatched = Math.max(0, unmatched - madeUpFor)
      madeUpFor = 0
      if (call.failed) unmatched += 1
    }
    return unmatched
  }

  #forgetOld(now: number): void {
    if (this.#calls.length >= 2 * MAX_CALLS) this.#calls = this.#calls.slice(-MAX_CALLS)
    while (this.#calls.length > 0 && !this.#counts(this.#calls[0]!, now)) this.#calls.shift()
  }
}
