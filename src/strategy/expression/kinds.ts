import type { Json } from '../json.ts'
import type { Work } from './work.ts'

const MAX_SHOWN = 60

/** A value as errors show it. */
export function shown(value: Json | undefined): string {
  const text = JSON.stringify(value ?? null)
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text
}

export type Kind = 'nothing' | 'number' | 'text' | 'boolean' | 'list' | 'object'

/** What a value is, in the words of the language. */
export function kindOf(value: Json | undefined): Kind {
  if (value === null || value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'list'
  switch (typeof value) {
    case 'number':
      return 'number'
    case 'string':
      return 'text'
    case 'boolean':
      return 'boolean'
    default:
      return 'object'
  }
}

/** What a value is, with its article and the value. */
export function described(value: Json | undefined): string {
  const kind = kindOf(value)
  if (kind === 'nothing') return 'nothing (null)'
  return `the ${kind} ${shown(value)}`
}

/** Whether two values say the same: lists and objects do where all that is in them does. */
export function isSame(a: Json, b: Json, work?: Pick<Work, 'looked'>): boolean {
  work?.looked(1)
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b))
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((item, nth) => isSame(item, b[nth], work))
    )
  const [one, other] = [a, b] as Readonly<Record<string, Json>>[]
  const names = Object.keys(one!)
  return (
    names.length === Object.keys(other!).length &&
    names.every((name) => Object.hasOwn(other!, name) && isSame(one![name]!, other![name]!, work))
  )
}
