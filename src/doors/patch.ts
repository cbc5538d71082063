/** Puts back what was replaced, last first. */
export type Restore = () => void

/**
 * Replaces properties of an object and remembers their descriptors.
 * The one way in which longhaul touches a global: everything that is replaced can be put back.
 */
export function replaceProperties(target: object, replacements: Readonly<Record<PropertyKey, unknown>>): Restore {
  const before = Reflect.ownKeys(replacements).map(
    (key) => [key, Object.getOwnPropertyDescriptor(target, key)] as const,
  )
  for (const [key] of before) {
    Object.defineProperty(target, key, {
      configurable: true,
      enumerable: true,
      writable: true,
      value: Reflect.get(replacements, key),
    })
  }
  return () => {
    for (const [key, descriptor] of before.toReversed()) {
      if (descriptor) Object.defineProperty(target, key, descriptor)
      else Reflect.deleteProperty(target, key)
    }
  }
}

/** Runs restores in reverse order, once. */
export function restoreAll(restores: Restore[]): void {
  while (restores.length > 0) restores.pop()!()
}
