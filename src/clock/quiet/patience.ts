import type { Milliseconds } from '../duration.ts'
import type { SettleWindows } from './evidence.ts'

/** A peer that speaks again and again without being asked is waited for so much longer than one that is silent. */
const TALKATIVE = 1.5
/** One that only sleeps, and one that owes an answer, are waited for so much longer. */
const SURE = 2

/** What a peer waits for that is asleep. */
interface Asleep {
  /** The next timer of its own. Infinite without one. */
  timerMs: Milliseconds
  /** The next of those that nothing ends sooner. */
  sleepMs: Milliseconds
  /** Whether it is known to owe an answer. */
  owes: boolean
  /** Whether it is known to have given all its answers. */
  gave: boolean
}

/**
 * How long a peer is waited for that sleeps on a timer of its own: an answer may come of it, or a heartbeat may be all.
 *
 * - For `settleMs` after it was asked or heard of last; the time that it works or is kept from working does not count.
 * - One that was waited for in vain after its answer is not waited for after an answer again, and one that was waited
 *   for in vain without any answer not before it has given one.
 */
export class Patience {
  readonly #windows: SettleWindows
  #askedAt: Milliseconds
  #heardAt: Milliseconds
  #answered = false
  /** Whether it was waited for in vain, after its answer and without one. */
  readonly #vain = new Set<'answered' | 'unanswered'>()
  /** Whether it is being waited for because of a timer alone. */
  #waiting = false

  constructor(windows: SettleWindows, now: Milliseconds) {
    this.#windows = windows
    this.#askedAt = now
    this.#heardAt = now
  }

  /** When it was asked or heard of last, in real milliseconds. */
  get lastAt(): Milliseconds {
    return Math.max(this.#askedAt, this.#heardAt)
  }

  /** Whether it has spoken since it was asked. */
  get answered(): boolean {
    return this.#answered
  }

  /** A request went to the peer. */
  requested(now: Milliseconds): void {
    this.#askedAt = now
    this.#waiting = false
    this.#answered = false
  }

  /** It waits for something to come. If a timer was waited for, nothing came of it. */
  rest(): void {
    if (this.#waiting) this.#vain.add(this.#kind)
    this.#waiting = false
  }

  get #kind(): 'answered' | 'unanswered' {
    return this.#answered ? 'answered' : 'unanswered'
  }

  /** It was asked something that is another matter than what it did not answer before. */
  trust(): void {
    this.#vain.delete('unanswered')
  }

  hear(now: Milliseconds): void {
    this.#heardAt = now
    this.#waiting = false
    this.#answered = true
    this.#vain.delete('unanswered')
  }

  /** It was at work for `ms` until `now`: patience is for the time in which it sleeps. */
  works(ms: Milliseconds, now: Milliseconds): void {
    this.#askedAt = Math.min(this.#askedAt + ms, now)
    this.#heardAt = Math.min(this.#heardAt + ms, now)
  }

  /** Whether a timer of its own is worth waiting for. */
  waits({ timerMs, sleepMs, owes, gave }: Asleep, now: Milliseconds): boolean {
    const { settleMs, quietMs } = this.#windows
    const long = owes || sleepMs < Number.POSITIVE_INFINITY ? SURE * settleMs : settleMs
    if (Math.min(timerMs, sleepMs) > long) return false
    const total = this.#answered && !owes ? TALKATIVE * settleMs : long
    if (now - this.lastAt < quietMs && now - this.#askedAt < total) return true
    if (gave || (this.#vain.has(this.#kind) && !owes)) return false
    this.#waiting = true
    return now - this.lastAt < long && now - this.#askedAt < total
  }
}
