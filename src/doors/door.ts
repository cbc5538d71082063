import { nativeOf, realm } from './realm.ts'

/**
 * Puts a door in the place of a property, once in a worker and for good. The door has the name and length of the real function.
 *
 * @param name names the property in this worker, such as `net.connect`
 * @param make makes the door from the real value
 * @returns the real value
 */
export function hang<Target extends object, Key extends keyof Target>(
  name: string,
  target: Target,
  key: Key,
  make: (real: Target[Key]) => Target[Key],
): Target[Key] {
  const present = Object.getOwnPropertyDescriptor(target, key)
  const real = nativeOf(name, () => target[key])
  if (realm.installed.has(name)) return real
  realm.installed.add(name)
  const door = make(real)
  if (typeof door === 'function' && typeof real === 'function') {
    for (const property of ['name', 'length'] as const)
      Object.defineProperty(door, property, { value: real[property], configurable: true })
  }
  Object.defineProperty(target, key, {
    configurable: true,
    enumerable: present?.enumerable ?? true,
    writable: true,
    value: door,
  })
  return real
}
