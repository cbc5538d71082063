import { textOf, type Json } from '../../json.ts'
import { Unfit } from '../errors.ts'
import { described, isSame, kindOf } from '../kinds.ts'
import { functions, items, whole, wholeAnd } from './signature.ts'

const objectIn = (value: Json): Readonly<Record<string, Json>> => value as Readonly<Record<string, Json>>

/** Each value once; lists and objects are the same where all that is in them is. */
function unique(values: readonly Json[]): Json {
  const simple = new Set<Json>()
  const composed = new Set<string>()
  return values.filter((value) => {
    const isSimple = typeof value !== 'object' || value === null
    const before = simple.size + composed.size
    if (isSimple) simple.add(value)
    else composed.add(`${kindOf(value)} ${textOf(value)}`)
    return simple.size + composed.size > before
  })
}

function pluck(values: readonly Json[], name: string): Json {
  return values.map((value, nth) => {
    if (kindOf(value) !== 'object')
      throw new Unfit(`pluck needs objects, and item ${nth} of the list is ${described(value)}`)
    return Object.hasOwn(objectIn(value), name) ? objectIn(value)[name]! : null
  })
}

/** What `get` and `set` call a place in a list or an object. */
function get(value: Json, name: string | number, fallback: Json | undefined): Json {
  if (typeof name === 'number')
    return Array.isArray(value) ? ((value as readonly Json[]).at(name) ?? fallback ?? null) : (fallback ?? null)
  return kindOf(value) === 'object' && Object.hasOwn(objectIn(value), name)
    ? objectIn(value)[name]!
    : (fallback ?? null)
}

function contains(value: string | readonly Json[], part: Json): Json {
  if (typeof value !== 'string') return value.some((item) => isSame(item, part))
  if (typeof part === 'string') return value.includes(part)
  throw new Unfit(`contains searches a text for a text, not for ${described(part)}`)
}

/** Functions about lists and objects. */
export const LISTS = functions({
  len: [
    'value: text|list|object',
    (value: string | readonly Json[] | object) =>
      typeof value === 'string' || Array.isArray(value) ? value.length : Object.keys(value).length,
  ],
  contains: ['value: text|list, part: any', contains, items],
  /** Whether a value is of a kind: what a model has said may be anything. */
  is_number: ['value: any', (value: Json) => kindOf(value) === 'number'],
  is_text: ['value: any', (value: Json) => kindOf(value) === 'text'],
  is_list: ['value: any', (value: Json) => kindOf(value) === 'list'],
  is_object: ['value: any', (value: Json) => kindOf(value) === 'object'],
  keys: ['value: object', (value: object) => Object.keys(value), whole],
  values: ['value: list|object', (value: object) => Object.values(value) as Json],
  get: ['value: any, name: text|number, fallback?: any', get],
  merge: [
    'first: object, second: object',
    (first: Readonly<Record<string, Json>>, second: Readonly<Record<string, Json>>) => ({ ...first, ...second }),
    whole,
  ],
  /** One member of every item: `pluck(responses, "text")`. */
  pluck: ['values: list, name: text', pluck, items],
  first: ['values: list', (values: readonly Json[]) => values[0] ?? null],
  last: ['values: list', (values: readonly Json[]) => values.at(-1) ?? null],
  slice: [
    'value: text|list, from: whole, to?: whole',
    (value: string | readonly Json[], from: number, to?: number | null) => value.slice(from, to ?? undefined),
  ],
  /** A list in pieces of so many items: `chunk(matches, 4)`. */
  chunk: [
    'values: list, size: count',
    (items: readonly Json[], step: number) =>
      Array.from({ length: Math.ceil(items.length / step) }, (_, nth) => items.slice(nth * step, (nth + 1) * step)),
    ([values, size], work) => work.add((4 * (values as readonly Json[]).length) / (size as number)),
  ],
  reverse: ['values: list', (values: readonly Json[]) => values.toReversed()],
  unique: ['values: list', unique, wholeAnd(4)],
  without: [
    'values: list, value: any',
    (values: readonly Json[], value: Json) => values.filter((item) => !isSame(item, value)),
    items,
  ],
})
