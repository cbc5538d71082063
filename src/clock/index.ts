import type { Clock, TimeMode } from './port.ts'
import { startRealClock } from './real.ts'
import { startSimulatedClock, type SimulatedClockOptions } from './simulated.ts'

export {
  formatDuration,
  InvalidDurationError,
  isDuration,
  parseDuration,
  type Duration,
  type Milliseconds,
} from './duration.ts'
export { ClockInUseError, DeadlockError, TimerStormError } from './errors.ts'
export { defaultEpoch, epochAlone } from './epoch.ts'
export type { Clock, TimeMode, Waiter } from './port.ts'
export { steadyNow } from './steady.ts'
export { startSimulatedClock, type ClockOptions, type SimulatedClockOptions } from './simulated.ts'

/** Thrown for an invalid time mode. */
export class InvalidTimeModeError extends Error {
  override readonly name = 'InvalidTimeModeError'
  readonly code = 'LONGHAUL_INVALID_TIME_MODE'
  constructor(given: unknown) {
    super(`${JSON.stringify(given)} is not a time mode. Give 'virtual', 'real', or a factor such as '60x'.`)
  }
}

/** A time mode: `'virtual'`, `'real'`, or a factor such as `'60x'`. */
export type TimeModeText = 'virtual' | 'real' | `${number}x`

/**
 * Reads a time mode: `'virtual'`, `'real'`, or a factor such as `'60x'`.
 *
 * @throws InvalidTimeModeError for anything else
 */
export function parseTimeMode(given: string): TimeMode {
  if (given === 'virtual' || given === 'real') return { kind: given }
  const factor = /^(\d+(?:\.\d+)?)x$/.exec(given)?.[1]
  if (factor === undefined || Number(factor) <= 0) throw new InvalidTimeModeError(given)
  return { kind: 'scaled', factor: Number(factor) }
}

/** Starts the clock that a mode asks for. */
export function startClock(mode: TimeMode, options: Omit<SimulatedClockOptions, 'mode'> = {}): Clock {
  return mode.kind === 'real' ? startRealClock() : startSimulatedClock({ ...options, mode })
}
