import type { Timekeeper } from '../service/time.ts'
import type { Policy } from './completion.ts'

/** Statistics of the calls to one model since the start of this process. */
export interface CallStatistics {
  /** Number of ended calls. */
  total: number
  /** Number of successful calls. */
  successful: number
  /** Number of failed calls. */
  failed: number
  /** Total latency of all ended calls. Milliseconds. */
  latencyMs: number
  /** The time of the last success, in Unix milliseconds; null without one. */
  lastSuccess: number | null
}

/** No calls at all. */
export const NO_CALLS: Readonly<CallStatistics> = {
  total: 0,
  successful: 0,
  failed: 0,
  latencyMs: 0,
  lastSuccess: null,
}

/** Counts calls by target. */
export class Statistics {
  readonly #byTarget = new Map<string, CallStatistics>()
  readonly #time: Timekeeper

  constructor(time: Timekeeper) {
    this.#time = time
  }

  of(target: string): CallStatistics {
    return { ...(this.#byTarget.get(target) ?? NO_CALLS) }
  }

  /** Counts what goes through. */
  readonly counting: Policy = (complete) => async (question, signal) => {
    const { name } = question.target
    const began = this.#time.now()
    let all = this.#byTarget.get(name)
    if (!all) this.#byTarget.set(name, (all = { ...NO_CALLS }))
    all.total += 1
    try {
      const completion = await complete(question, signal)
      all.successful += 1
      all.lastSuccess = this.#time.now()
      return completion
    } catch (error) {
      all.failed += 1
      throw error
    } finally {
      all.latencyMs += this.#time.now() - began
    }
  }
}
