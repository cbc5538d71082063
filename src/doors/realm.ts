import type { Behind } from './behind.ts'

/** What all copies of longhaul in one worker share: the doors are installed once, whoever loads the package again. */
interface Realm {
  /** What stands behind the doors now. */
  behind: Behind
  /** The real functions, taken before the first door was installed. */
  natives: Map<string, unknown>
  /** What doors remember, by name. */
  shared: Map<string, unknown>
  /** By how many milliseconds monotonic time is ahead of the real one, by what was simulated. */
  ahead: number
  /** Doors that were hung, by name. */
  installed: Set<string>
}

// The number is the version of this shape: copies that do not agree on it must not share it.
const REALM = Symbol.for('longhaul.doors.1')

/** The state of the doors of this worker. */
export const realm: Realm = ((globalThis as { [REALM]?: Realm })[REALM] ??= {
  behind: { time: undefined, chance: undefined, network: undefined, work: undefined },
  natives: new Map(),
  shared: new Map(),
  ahead: 0,
  installed: new Set(),
})

/**
 * The real value of a property, as it was before any door of this worker was installed.
 *
 * @param name names the property in this worker, such as `net.connect`
 */
export function nativeOf<Value>(name: string, read: () => Value): Value {
  if (!realm.natives.has(name)) realm.natives.set(name, read())
  return realm.natives.get(name) as Value
}

/**
 * What doors remember, one for all copies of longhaul in this worker.
 *
 * @example
 * ```ts
 * const waiting = shared('timers.waiting', () => new Set<Timeout>())
 * ```
 */
export function shared<Value>(name: string, make: () => Value): Value {
  if (!realm.shared.has(name)) realm.shared.set(name, make())
  return realm.shared.get(name) as Value
}
