import type { Milliseconds } from './duration.ts'

/** How time passes: virtual (at once), `factor` times as fast as the wall clock, or real. */
export type TimeMode = { kind: 'virtual' } | { kind: 'scaled'; factor: number } | { kind: 'real' }

/** A wait in the report of a deadlock. */
export interface Waiter {
  /** Who waits, such as `agent timeout_agent`. */
  who: string
  /** The event that the waiter waits for, such as `call 3 to gpt-4o-mini, whose latency is never()`. */
  what: string
  /** The start of the wait. Milliseconds since the start of the run. */
  since: Milliseconds
  /** The agent that waits, if it is one. */
  agent?: string
}

/**
 * The clock of a run: all code of longhaul reads and spends time through it. Times are milliseconds since its start.
 */
export interface Clock {
  /** How the clock advances: virtual, real or scaled. */
  readonly mode: TimeMode
  /** The Unix time in milliseconds at the start of the clock. */
  readonly epoch: Milliseconds
  /** The current time. Milliseconds since the start of the clock. */
  now(): Milliseconds
  /** Calls `action` after `delay` milliseconds; the returned function cancels the call. `Infinity` never fires. */
  after(delay: Milliseconds, action: () => void): () => void
  /** Resolves after `delay` milliseconds; rejects with the reason of the signal if the signal is aborted first. */
  sleep(delay: Milliseconds, signal?: AbortSignal): Promise<void>
  /** Holds virtual time until `work` settles, for real I/O that the clock cannot see. */
  io<T>(work: Promise<T>): Promise<T>
  /** Awaits `work`, and rejects as soon as the clock detects that `work` can never end (deadlock, timer storm). */
  supervise<T>(work: () => T | Promise<T>): Promise<T>
  /** Reports progress: the horizon for timer storms starts again. */
  progress(): void
  /** Adds a source of waiters for the report of a deadlock; the returned function removes the source. */
  describeWaiters(source: () => readonly Waiter[]): () => void
  /**
   * The periods in milliseconds of the active intervals of the code under test, without intervals that are `unref`ed.
   */
  intervals(): Milliseconds[]
  /**
   * In how many milliseconds each pending timeout of the code under test fires, without timeouts that are `unref`ed.
   *
   * @internal
   */
  timeouts(): Milliseconds[]
  /**
   * Calls `listener` when the process is at rest after a timer has fired; the returned function removes the listener.
   */
  onRest(listener: () => void): () => void
  /** The real activity that holds virtual time now, and for how long, in words; `undefined` if there is none. */
  holding(): string | undefined
  /** Stops the clock and restores all globals. Can be called twice. */
  stop(): void
}
