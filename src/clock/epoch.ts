import { native, shared } from '../doors/index.ts'
import type { Milliseconds } from './duration.ts'

const DAY_MS: Milliseconds = 24 * 3_600_000
/** The date at which the first run of a file begins: ahead of the real one, as files and certificates have real dates. */
const firstDate = (): Milliseconds =>
  Math.max(Date.UTC(2030, 0, 1), Date.UTC(new Date(native.dateNow()).getUTCFullYear() + 1, 0, 1))
/** How far the runs of a file begin apart, if none of them is longer. */
const APART_MS = 7 * DAY_MS

const last = shared('clock.lastWall', () => ({ at: 0 }))

/** Remembers the date at which a simulated clock has ended. */
export function noteWall(at: Milliseconds): void {
  last.at = Math.max(last.at, at)
}

/** The date at which a run begins if no run of this worker has been so late, as a test that is run alone. */
export const epochAlone = (place: number): Milliseconds => firstDate() + place * APART_MS

/**
 * The date at which a run begins that is not given one: after the last run of this worker, as modules keep dates; else by its place in its file
 * alone, so that it is the same when it is run alone.
 *
 * @param place counts the tests of a file from 0
 */
export function defaultEpoch(place = 0): Milliseconds {
  const epoch = epochAlone(place)
  if (epoch > last.at) return epoch
  return epoch + Math.ceil((last.at - epoch + 1) / APART_MS) * APART_MS
}
