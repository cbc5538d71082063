/** Plain data, as in variables of strategies. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }

/** Variables by name. */
export type Scope = Readonly<Record<string, Json>>

/** A value as a person or a model reads it. */
export const textOf = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value))

/** Whether a value counts as yes: as in Python, nothing, 0, and what is empty do not. */
export function isTrue(value: Json): boolean {
  if (Array.isArray(value)) return value.length > 0
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0
  return Boolean(value)
}
