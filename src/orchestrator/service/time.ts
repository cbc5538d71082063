/** What policies read and spend time by. Milliseconds. */
export interface Timekeeper {
  /** Unix milliseconds. */
  now(): number
  /** Calls `action` once after so long; the function returned ends that. */
  after(ms: number, action: () => void): () => void
}

/** The process's own clock and timers, whatever stands behind them. */
export const processTime: Timekeeper = {
  now: () => Date.now(),
  after(ms, action) {
    const timer = setTimeout(action, ms)
    return () => clearTimeout(timer)
  },
}
