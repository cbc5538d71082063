/** Names by which an object's prototype could be reached: nothing in a pattern may be called so. */
export const FORBIDDEN_NAMES: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])
