import { monotonicNow } from '../doors/index.ts'

/** A wall clock that was set forward by more is followed, as after a night in which the machine slept. Milliseconds. */
const FOLLOWED_MS = 1_000

/** Sums of monotonic time and its epoch miss a whole millisecond by less than this. Milliseconds. */
const ROUNDING_MS = 0.001

/** What is added to monotonic time. Milliseconds. */
let epoch = Date.now() - monotonicNow()

/**
 * Unix milliseconds, as whole ones, that never go back: when somebody sets the wall clock back, time goes on from where
 * it stood. Durations and deadlines are measured by it.
 */
export function steadyNow(): number {
  // Fake timers go as their test says.
  if ((Date as { isFake?: boolean }).isFake) return Date.now()
  const [wall, steady] = [Date.now(), epoch + monotonicNow()]
  if (wall <= steady + FOLLOWED_MS) return Math.floor(steady + ROUNDING_MS)
  epoch += wall - steady
  return wall
}

/** Takes the time from the clock in force: a simulated one has just begun or ended. */
export function beginSteady(): void {
  epoch = Date.now() - monotonicNow()
}
