import type { Behind } from './behind.ts'
import { realm, shared } from './realm.ts'

/** What stands behind the doors now. A door reads it on every call. */
export const behind: Behind = realm.behind

/** What stands where nothing else does. */
const resting = shared<Partial<Behind>>('stand.resting', () => ({}))

/**
 * Puts something behind the doors; the function returned takes it out again.
 *
 * @example
 * ```ts
 * const leave = stand('chance', { random: () => 0.5, fill: (bytes) => void bytes.fill(1) })
 * leave()
 * ```
 */
export function stand<Place extends keyof Behind>(place: Place, value: NonNullable<Behind[Place]>): () => void {
  behind[place] = value as Behind[Place]
  return () => {
    if (behind[place] === value) behind[place] = resting[place] as Behind[Place]
  }
}

/** Puts something behind the doors for whenever nothing else stands there, in place of the real thing. */
export function rest<Place extends keyof Behind>(place: Place, value: NonNullable<Behind[Place]>): void {
  const before = resting[place]
  resting[place] = value as Behind[Place]
  if (behind[place] === before) behind[place] = value as Behind[Place]
}
