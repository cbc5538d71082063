import { AsyncLocalStorage } from 'node:async_hooks'
import type { Milliseconds } from '../duration.ts'
import type { Holding, SettleWindows } from './evidence.ts'

/** Real time without anything happening after which work that was given to `io` is taken to wait for a call. In `quietMs`. */
const GRACE = 5

/** A promise that was given to `clock.io`. */
export interface Hold {
  /** When it was given, in real milliseconds. */
  since: Milliseconds
  /** When it was given, on the clock. */
  at: Milliseconds
  /** Runs a function in the context in which it was given: the agent that has given it is known there. */
  within: <T>(read: () => T) => T
}

/** What work that was given to `io` may wait for on the clock itself. */
export interface Waits {
  /** Surely, such as the call of the same agent. */
  sure: boolean
  /** Perhaps: somebody waits that began after the work did. */
  perhaps: boolean
}

/** Promises that hold the clock: those that doors know to be work, and those that were given to `clock.io`. */
export class Holds {
  readonly #quietMs: Milliseconds
  readonly #known = new Map<object, { what: string; since: Milliseconds }>()
  readonly #given = new Set<Hold>()

  constructor({ quietMs }: SettleWindows) {
    this.#quietMs = quietMs
  }

  /** Work that a door knows. */
  know<T>(work: PromiseLike<T>, what: string, now: Milliseconds): Promise<T> {
    const key = {}
    this.#known.set(key, { what, since: now })
    const release = (): void => void this.#known.delete(key)
    return Promise.resolve(work).finally(release)
  }

  /** Work of the user's. */
  give(work: PromiseLike<unknown>, { now, at }: { now: Milliseconds; at: Milliseconds }): void {
    const hold: Hold = { since: now, at, within: AsyncLocalStorage.snapshot() }
    this.#given.add(hold)
    const release = (): void => void this.#given.delete(hold)
    work.then(release, release)
  }

  get any(): boolean {
    return this.#given.size > 0
  }

  /** Work that doors know. */
  lookAtKnown(): Holding | undefined {
    for (const { what, since } of this.#known.values()) return { what, since }
    return undefined
  }

  /**
   * Work of the user's, if nothing else is at work: it does not hold the time that it waits for itself.
   *
   * @param quietSince since when nothing has happened in the process, in real milliseconds
   */
  lookAtGiven(now: Milliseconds, quietSince: Milliseconds, waitsOf: (hold: Hold) => Waits): Holding | undefined {
    let since: Milliseconds | undefined
    for (const hold of this.#given) {
      const { sure, perhaps } = waitsOf(hold)
      if (sure || (perhaps && now - Math.max(quietSince, hold.since) >= GRACE * this.#quietMs)) continue
      since ??= hold.since
    }
    return since === undefined ? undefined : { what: `${this.#given.size} promise(s) given to clock.io()`, since }
  }
}
