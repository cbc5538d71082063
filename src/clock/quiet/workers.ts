import type { Worker } from 'node:worker_threads'
import { registry } from '../../doors/index.ts'
import type { Milliseconds } from '../duration.ts'
import type { Holding, SettleWindows } from './evidence.ts'
import { Patience } from './patience.ts'

/** A worker whose event loop was active for less since the last look has been idle. Milliseconds. */
const IDLE_MS = 0.2

interface Utilization {
  /** How long its event loop had been active, and when that changed last. */
  active: Milliseconds
  changedAt: Milliseconds
}

/**
 * Tells whether a worker thread is at work by the utilization of its event loop: where the system does not tell what
 * threads do. A worker is at work while its loop was active within `quietMs`; and from its start, from when something
 * was posted, and after something has come in, for at most `settleMs`, unless that was in vain before.
 */
export class Workers {
  readonly #quietMs: Milliseconds
  readonly #patience: Patience
  /** Workers from before the run that have not been idle since: what they do is not for it. */
  readonly #ownAffairs = new WeakSet<Worker>()
  readonly #utilization = new WeakMap<Worker, Utilization>()
  #posted = registry.posted
  #answered = registry.answered
  #known = registry.workers.size

  constructor(windows: SettleWindows, now: Milliseconds) {
    this.#quietMs = windows.quietMs
    this.#patience = new Patience(windows, now)
    for (const worker of registry.workers) this.#ownAffairs.add(worker)
  }

  look(now: Milliseconds): Holding | undefined {
    for (const worker of registry.workers) if (worker.threadId < 0) registry.workers.delete(worker)
    const { posted, answered, workers } = registry
    if (answered !== this.#answered) this.#patience.hear(now)
    if (posted !== this.#posted || workers.size > this.#known) this.#patience.requested(now)
    this.#posted = posted
    this.#answered = answered
    this.#known = workers.size
    if (workers.size === 0) return undefined
    for (const worker of workers) {
      const since = this.#activeAt(worker, now)
      if (now - since > 1) this.#ownAffairs.delete(worker)
      if (now - since < this.#quietMs && !this.#ownAffairs.has(worker))
        return { what: `worker thread ${worker.threadId} is busy`, since }
    }
    if (this.#patience.waits({ timerMs: 0, sleepMs: Number.POSITIVE_INFINITY, owes: false, gave: false }, now)) {
      return { what: 'a worker thread may be busy', since: this.#patience.lastAt }
    }
    this.#patience.rest()
    return undefined
  }

  /** When its loop was active last. */
  #activeAt(worker: Worker, now: Milliseconds): Milliseconds {
    const { active, idle } = worker.performance.eventLoopUtilization()
    const before = this.#utilization.get(worker)
    // Until its loop begins to turn it is being started.
    const hasBegun = active > 0 || idle > 0
    if (before && hasBegun && active - before.active < IDLE_MS) return before.changedAt
    this.#utilization.set(worker, { active, changedAt: now })
    return now
  }

  /** As where threads are known, there is something to close. */
  close(): void {}
}
