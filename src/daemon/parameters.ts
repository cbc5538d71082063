import { parseDuration, steadyNow } from '../clock/index.ts'
import { nearest, suggestion } from '../options/index.ts'
import { nestsDeeper } from '../trace/index.ts'
import { MAX_DEPTH, quoted, RefusedError } from './protocol.ts'

/** What a parameter may be, and what a handler gets for it. */
interface Kinds {
  text: string
  number: number
  integer: number
  boolean: boolean
  object: Readonly<Record<string, unknown>>
  /** Texts: a list, one of them, or several with commas between. */
  texts: readonly string[]
  /** Unix seconds: given so, as a date, or as how long ago (`10m`). */
  time: number
  /** Milliseconds: given in seconds, or as `10m`. */
  duration: number
  /** A text, or JSON. */
  any: unknown
}

/** What an event may be given. */
export interface Parameter {
  type: keyof Kinds
  about: string
  required?: true
  /** Other names of it. */
  also?: readonly string[]
  /** In place of what is left out. */
  default?: unknown
  /** Limits of numbers, both included. */
  least?: number
  most?: number
}

export type Parameters = Readonly<Record<string, Parameter>>

/** What a handler gets: by name, and of the type that was declared. */
export type Given<Declared extends Parameters> = {
  readonly [Name in keyof Declared]: Declared[Name] extends { required: true } | { default: unknown }
    ? Kinds[Declared[Name]['type']]
    : Kinds[Declared[Name]['type']] | undefined
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
const YES: readonly unknown[] = [true, 1, 'true', '1', 'yes']
const NO: readonly unknown[] = [false, 0, 'false', '0', 'no']

/** JSON of a text that is some; nothing of one that is none. */
function jsonOf(text: string): unknown {
  try {
    return nestsDeeper(text, MAX_DEPTH) ? undefined : (JSON.parse(text) as unknown)
  } catch {
    return undefined
  }
}

/** A number that is one: texts of many digits may be none. */
function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.length <= MAX_NUMBER && NUMBER.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}
const MAX_NUMBER = 400

function durationOf(value: unknown): number | undefined {
  const seconds = numberOf(value)
  try {
    return parseDuration(seconds === undefined ? (value as string) : seconds * 1_000)
  } catch {
    return undefined
  }
}

function timeOf(value: unknown): number | undefined {
  const seconds = numberOf(value)
  if (seconds !== undefined) return seconds
  const date = typeof value === 'string' && /^\d{4}-/.test(value) ? Date.parse(value) : Number.NaN
  if (Number.isFinite(date)) return date / 1_000
  const ago = durationOf(value)
  return ago === undefined ? undefined : (steadyNow() - ago) / 1_000
}

/** Each is held against each event that is remembered, or each agent. */
const MAX_TEXTS = 100

function textsOf(value: unknown): readonly string[] | undefined {
  const read = typeof value === 'string' ? jsonOf(value) : value
  const all: readonly unknown[] = Array.isArray(read)
    ? read
    : (typeof value === 'string' || typeof value === 'number' ? String(value) : '')
        .split(',')
        .map((part) => part.trim())
  const fits = all.length <= MAX_TEXTS && all.every((each) => typeof each === 'string' && each !== '')
  return fits ? (all as string[]) : undefined
}

/** Reads a value as it comes from a command line (texts) or from a program (JSON). Nothing where it does not fit. */
const READ: { readonly [Kind in keyof Kinds]: (value: unknown) => Kinds[Kind] | undefined } = {
  text: (value) =>
    typeof value === 'number' ? String(value) : typeof value === 'string' && value !== '' ? value : undefined,
  number: numberOf,
  integer: (value) => {
    const number = numberOf(value)
    return Number.isSafeInteger(number) ? number : undefined
  },
  boolean: (value) => (YES.includes(value) ? true : NO.includes(value) ? false : undefined),
  object: (value) => {
    const read = typeof value === 'string' ? jsonOf(value) : value
    return typeof read === 'object' && !Array.isArray(read) && read !== null
      ? (read as Record<string, unknown>)
      : undefined
  },
  texts: textsOf,
  time: timeOf,
  duration: durationOf,
  any: (value) => (typeof value === 'string' && /^[[{]/.test(value) ? (jsonOf(value) ?? value) : value),
}

const WANTED: Readonly<Record<keyof Kinds, string>> = {
  text: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  object: 'an object, such as {"max_rounds": 3}',
  texts: 'a text, or a list of at most 100 texts',
  time: 'a date such as 2026-01-01, Unix seconds, or a duration before now, such as 10m',
  duration: 'seconds, or a duration such as 10m',
  any: 'a text, or JSON',
}

function read(name: string, value: unknown, { type, least, most }: Parameter): unknown {
  const result = READ[type](value)
  const fits =
    result !== undefined &&
    (least === undefined || (result as number) >= least) &&
    (most === undefined || (result as number) <= most)
  if (fits) return result
  const limits =
    least !== undefined && most !== undefined
      ? ` from ${least} to ${most}`
      : least !== undefined
        ? ` of at least ${least}`
        : ''
  throw new RefusedError(`${name} is ${quoted(value)}. Give ${WANTED[type]}${limits}.`)
}

/** The name that is meant: the nearest one, or one of which the given one is a part. */
export function meant(given: string, names: readonly string[]): string {
  const part = nearest(given, names) ?? names.find((name) => name.includes(given) || given.includes(name))
  return part === undefined ? suggestion(given, names) : `Did you mean "${part}"?`
}

/** What is given by other names, by those that are declared. */
function withOwnNames(
  declared: Parameters,
  data: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const own = new Map(Object.entries(declared).flatMap(([name, { also = [] }]) => also.map((other) => [other, name])))
  const renamed = Object.entries(data).map(([name, value]): [string, unknown] => [own.get(name) ?? name, value])
  const seen = new Set<string>()
  for (const [name] of renamed) {
    if (seen.has(name)) throw new RefusedError(`${quoted(name)} is set twice, under two names.`)
    seen.add(name)
  }
  return Object.fromEntries(renamed)
}

/** What is left out: nothing, or the empty value that some clients send. */
const isLeftOut = (value: unknown): boolean => value === undefined || value === null

/**
 * Reads what an event is given by what it declares. Names that begin with `_` are the protocol's own.
 *
 * @param others takes names that are not declared; without it they are refused
 * @throws RefusedError for what is unknown, missing or does not fit
 */
export function readParameters(
  event: string,
  declared: Parameters,
  asked: Readonly<Record<string, unknown>>,
  others?: Record<string, unknown>,
): Readonly<Record<string, unknown>> {
  const data = withOwnNames(declared, asked)
  const names = Object.keys(declared)
  for (const [name, value] of Object.entries(data)) {
    if (Object.hasOwn(declared, name)) continue
    if (others) others[name] = value
    else if (!name.startsWith('_'))
      throw new RefusedError(`${event} has no parameter ${quoted(name)}.`, {
        hint: meant(name, names) || 'This event has no parameters.',
        parameters: names,
      })
  }
  const given: Record<string, unknown> = {}
  for (const [name, parameter] of Object.entries(declared)) {
    const value = Object.hasOwn(data, name) ? data[name] : undefined
    if (!isLeftOut(value)) given[name] = read(name, value, parameter)
    else if (parameter.required) {
      const misspelt = Object.keys(data).find((other) => nearest(other, [name]) !== undefined)
      throw new RefusedError(`${event} needs ${name}: ${parameter.about}.`, {
        ...(misspelt !== undefined && { hint: `Did you mean "${name}" by "${misspelt}"?` }),
      })
    } else if (parameter.default !== undefined) given[name] = parameter.default
  }
  return given
}
