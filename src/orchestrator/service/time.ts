import { steadyNow } from '../../clock/index.ts'
/** What policies read and spend time by. Milliseconds. */
export interface Timekeeper {
  /** Unix milliseconds. */
  now(): number
  /** Calls `action` once after so long; the function returned ends that. */
  after(ms: number, action: () => void): () => void
}

/** The process's own clock, which never goes back, and its timers, whatever stands behind them. */
export const processTime: Timekeeper = {
  now: steadyNow,
  after(ms, action) {
    const timer = setTimeout(action, ms)
    return () => clearTimeout(timer)
  },
}
