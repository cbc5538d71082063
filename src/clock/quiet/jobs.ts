import { createHook } from 'node:async_hooks'
import type { Milliseconds } from '../duration.ts'
import { jobBook, type JobBook } from './job-book.ts'

/** Counts work in libuv's thread pool and in native add-ons, which Node lists nowhere. */
export interface JobWatch extends Pick<JobBook, 'look' | 'realTimers'> {
  stop(): void
}

/**
 * Starts counting. Costs nothing for promises on a Node that knows `trackPromises` (24.12 and later).
 *
 * @param settleMs real time after which something of a native add-on is taken for one that lives long
 * @param now the time by which that is measured
 */
export function watchJobs(settleMs: Milliseconds, now: () => Milliseconds): JobWatch {
  const { init, before, destroy, look, realTimers } = jobBook(settleMs, now)
  const callbacks = { trackPromises: false, init, before, destroy }
  const hook = createHook(callbacks).enable()
  return { look, realTimers, stop: () => void hook.disable() }
}
