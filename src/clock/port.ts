import type { Milliseconds } from './duration.ts'

/** How time passes: at once, `factor` times as fast as the wall clock, or as the wall clock. */
export type TimeMode = { kind: 'virtual' } | { kind: 'scaled'; factor: number } | { kind: 'real' }

/** Somebody who waits: shown in the deadlock report. */
export interface Waiter {
  /** Who waits, such as `agent timeout_agent`. */
  who: string
  /** What for, such as `call 3 to gpt-4o-mini, which is set up never to answer`. */
  what: string
  /** Since when, in milliseconds since the start of the run. */
  since: Milliseconds
  /** The agent that waits, if it is one. */
  agent?: string
}

/**
 * The one port through which everything else in longhaul reads and spends time.
 * Times are milliseconds since the clock was started.
 */
export interface Clock {
  /** How the clock advances: virtual, real or scaled. */
  readonly mode: TimeMode
  /** The Unix time, in milliseconds, at which the clock stood when it was started. */
  readonly epoch: Milliseconds
  /** Milliseconds since the clock was started. */
  now(): Milliseconds
  /** Calls `action` after `delay` milliseconds; the function returned cancels it. `Infinity` never fires. */
  after(delay: Milliseconds, action: () => void): () => void
  /** Resolves after `delay` milliseconds; rejects with the signal's reason if that is aborted first. */
  sleep(delay: Milliseconds, signal?: AbortSignal): Promise<void>
  /** Keeps virtual time still until `work` settles: for real I/O that the clock cannot see. */
  io<T>(work: Promise<T>): Promise<T>
  /** Waits for `work`, and rejects as soon as the clock knows that it can never end (deadlock, timer storm). */
  supervise<T>(work: () => T | Promise<T>): Promise<T>
  /** Says that something worth waiting for has happened; the timer-storm horizon counts from here. */
  progress(): void
  /** Adds a source of waiters for the deadlock report; the function returned removes it. */
  describeWaiters(source: () => readonly Waiter[]): () => void
  /** Intervals of the code under test that are still set, unless they let the process end; how often each fires. */
  intervals(): Milliseconds[]
  /** Calls `listener` when the process has come to rest after a timer has fired; the function returned ends that. */
  onRest(listener: () => void): () => void
  /** What real activity holds virtual time now, in words and for how long; `undefined` if there is none. */
  holding(): string | undefined
  /** Stops the clock and puts every global back. Safe to call twice. */
  stop(): void
}
