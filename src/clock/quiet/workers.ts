import type { Worker } from 'node:worker_threads'
import { registry } from '../../doors/index.ts'
import type { Milliseconds } from '../duration.ts'
import type { Holding, SettleWindows } from './evidence.ts'

/** A worker that was on a core for less, of a window of a millisecond at least, has been idle. Milliseconds. */
const IDLE_MS = 0.2

interface State {
  phase: 'asked' | 'rest'
  askedAt: Milliseconds
  /** How long its event loop had been active, and when that was read. */
  active: Milliseconds
  readAt: Milliseconds
}

/**
 * Tells whether a worker thread is at work by the utilization of its event loop: where the system does not tell what
 * threads do. A worker is at work from its start, or from when something was posted, until it was idle for a while.
 */
export class Workers {
  readonly #windows: SettleWindows
  readonly #states = new WeakMap<Worker, State>()
  #posted = registry.posted

  constructor(windows: SettleWindows) {
    this.#windows = windows
  }

  look(now: Milliseconds): Holding | undefined {
    const posted = registry.posted !== this.#posted
    this.#posted = registry.posted
    for (const worker of registry.workers) {
      if (worker.threadId < 0) registry.workers.delete(worker)
      else if (this.#atWork(worker, posted, now)) {
        return { what: `worker thread ${worker.threadId} is busy`, since: this.#states.get(worker)!.askedAt }
      }
    }
    return undefined
  }

  #atWork(worker: Worker, posted: boolean, now: Milliseconds): boolean {
    let state = this.#states.get(worker)
    if (!state) this.#states.set(worker, (state = { phase: 'asked', askedAt: now, active: 0, readAt: now }))
    else if (posted) Object.assign(state, { phase: 'asked', askedAt: now })
    if (state.phase === 'rest') return false
    const { active, idle } = worker.performance.eventLoopUtilization()
    // Its loop has not begun to turn.
    if (active === 0 && idle === 0) return now - state.askedAt < this.#windows.settleMs
    const busy = active - state.active
    const window = now - state.readAt
    if (window < 1) return true
    Object.assign(state, { active, readAt: now })
    if (busy > IDLE_MS || now - state.askedAt < this.#windows.quietMs) return true
    state.phase = 'rest'
    return false
  }

  /** As where threads are known, there is something to close. */
  close(): void {}
}
