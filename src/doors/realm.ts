import type { Behind } from './behind.ts'

/** What all copies of longhaul in one worker share: the doors are installed once, whoever loads the package again. */
interface Realm {
  /** What stands behind the doors now. */
  behind: Behind
  /** The real functions, taken before the first door was installed. */
  natives: Map<string, unknown>
  /** Functions and classes of ours that stand in the place of real ones. */
  doors: WeakSet<object>
  /** Groups of doors that were installed. */
  installed: Set<string>
  /** Connections that are answered inside this process, by their sockets. */
  insides: Map<object, unknown>
}

// The number is the version of this shape: copies that do not agree on it must not share it.
const REALM = Symbol.for('longhaul.doors.1')

/** The state of the doors of this worker. */
export const realm: Realm = ((globalThis as { [REALM]?: Realm })[REALM] ??= {
  behind: { time: undefined, chance: undefined, network: undefined, work: undefined },
  natives: new Map(),
  doors: new WeakSet(),
  installed: new Set(),
  insides: new Map(),
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
