import type { Behind } from './behind.ts'
import { realm } from './realm.ts'

/** What stands behind the doors now. A door reads it on every call. */
export const behind: Behind = realm.behind

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
    if (behind[place] === value) behind[place] = undefined as Behind[Place]
  }
}
