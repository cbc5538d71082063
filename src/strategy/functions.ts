import { textOf, type Json } from './json.ts'

const numbers = (values: readonly Json[]): number[] =>
  (values.length === 1 && Array.isArray(values[0]) ? (values[0] as readonly Json[]) : values).map(Number)
const list = (value: Json | undefined): readonly Json[] => {
  if (Array.isArray(value)) return value as readonly Json[]
  throw new Error(`a list is needed, not ${JSON.stringify(value)?.slice(0, 60)}`)
}
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
const MAX_RANGE = 1_000_000

/** The integers from `from` up to, but not including, `to`, as in Python. */
function range(...given: Json[]): Json {
  const [from, to] = given.length === 1 ? [0, Number(given[0])] : [Number(given[0]), Number(given[1])]
  if (!(to - from <= MAX_RANGE)) throw new Error(`range(${given.join(', ')}) has more than ${MAX_RANGE} numbers`)
  return Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index)
}

/** A number from `from` up to, but not including, `to`; by chance, which a simulation seeds. */
const random = (from: Json = 0, to: Json = 1): Json => Number(from) + Math.random() * (Number(to) - Number(from))
/** Unix seconds, by the clock in force. */
const now = (): Json => Date.now() / 1_000
const mean = (...values: Json[]): Json => {
  const given = numbers(values)
  return given.length === 0 ? null : sum(given) / given.length
}

/** The functions of expressions. But for `now` and `random` all are pure: the same arguments give the same value. */
export const FUNCTIONS: Record<string, (...given: Json[]) => Json> = {
  len: (value) =>
    typeof value === 'string' || Array.isArray(value)
      ? value.length
      : typeof value === 'object' && value
        ? Object.keys(value).length
        : 0,
  range,
  RANGE: range,
  sum: (...values) => sum(numbers(values)),
  mean,
  avg: mean,
  now,
  NOW: now,
  random,
  RANDOM: random,
  min: (...values) => Math.min(...numbers(values)),
  max: (...values) => Math.max(...numbers(values)),
  abs: (value) => Math.abs(Number(value)),
  floor: (value) => Math.floor(Number(value)),
  ceil: (value) => Math.ceil(Number(value)),
  round: (value, digits = 0) => Number(Number(value).toFixed(Number(digits))),
  number: (value) => Number(value),
  text: (value) => textOf(value ?? null),
  upper: (value) => String(value).toUpperCase(),
  lower: (value) => String(value).toLowerCase(),
  contains: (value, part) =>
    typeof value === 'string' ? value.includes(String(part)) : list(value).includes(part ?? null),
  join: (values, separator = ', ') =>
    list(values)
      .map((value) => textOf(value))
      .join(String(separator)),
  split: (value, separator) => String(value).split(String(separator)),
  keys: (value) => (typeof value === 'object' && value && !Array.isArray(value) ? Object.keys(value) : []),
  values: (value) => (typeof value === 'object' && value ? Object.values(value as Record<string, Json>) : []),
  get: (value, name, fallback = null) =>
    typeof value === 'object' && value && Object.hasOwn(value, String(name))
      ? (value as Record<string, Json>)[String(name)]!
      : fallback,
  /** One member of every item: `pluck(responses, "text")`. */
  pluck: (values, name) =>
    list(values).map((value) =>
      typeof value === 'object' && value && Object.hasOwn(value, String(name))
        ? (value as Record<string, Json>)[String(name)]!
        : null,
    ),
  first: (values) => list(values)[0] ?? null,
  last: (values) => list(values).at(-1) ?? null,
  slice: (values, from, to) => list(values).slice(Number(from), to === undefined ? undefined : Number(to)),
  /** A list in pieces of so many items: `chunk(matches, 4)`. */
  chunk: (values, size) => {
    const step = Number(size)
    if (!(Number.isInteger(step) && step >= 1))
      throw new Error(`chunk needs a whole number from 1, not ${textOf(size!)}`)
    const items = list(values)
    return Array.from({ length: Math.ceil(items.length / step) }, (_, nth) => items.slice(nth * step, (nth + 1) * step))
  },
  sort: (values) =>
    list(values).toSorted((a, b) =>
      typeof a === 'number' && typeof b === 'number' ? a - b : textOf(a) < textOf(b) ? -1 : 1,
    ),
  unique: (values) => [...new Set(list(values))],
  without: (values, value) => list(values).filter((item) => item !== value),
}
