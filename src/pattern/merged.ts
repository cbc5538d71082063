import { isObject } from './source.ts'

/** Blocks are merged, name by name; anything else is replaced by what is one's own. */
export function merged(base: unknown, own: unknown): unknown {
  if (!isObject(base) || !isObject(own)) return own === undefined ? base : own
  const names = new Set([...Object.keys(base), ...Object.keys(own)])
  return Object.fromEntries([...names].map((name) => [name, merged(base[name], own[name])]))
}
