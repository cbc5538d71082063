/** Answers whose time is remembered. */
const REMEMBERED = 20
/** Nothing is known of a service that had less time than this. */
const MIN_MS = 1_000
/** Of the answers that are remembered so many were in time. */
const MAX_ANSWERS = 0.9

/**
 * Whether a call that its caller has given up had the time that an answer takes. One that had not, as it began shortly before the end,
 * tells nothing of the service; one that had tells that the service hangs.
 */
export class Fairness {
  #tookMs: number[] = []

  /** A call was answered. */
  answered(tookMs: number): void {
    this.#tookMs = [...this.#tookMs.slice(1 - REMEMBERED), tookMs]
  }

  /** Whether so many milliseconds were enough for nearly all answers so far. */
  had(ms: number): boolean {
    if (ms < MIN_MS) return false
    const sorted = this.#tookMs.toSorted((a, b) => a - b)
    return ms >= (sorted[Math.ceil(sorted.length * MAX_ANSWERS) - 1] ?? 0)
  }
}
