import { parseDuration, type Milliseconds } from '../../clock/index.ts'
import { suggestion } from '../../options/index.ts'
import { InvalidProviderConfigError, refuseOption, shown } from './invalid.ts'

/**
 * Checks a value that stands at a place of the set-up.
 *
 * @throws InvalidProviderConfigError naming the place, what was given, and what to give
 */
export type Check = (value: unknown, where: string) => void

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isNumber = (value: unknown): value is number => typeof value === 'number' && !Number.isNaN(value)

/** A check of one kind of value, by what it has to be. */
export const must =
  (fits: (value: unknown) => boolean, give: string): Check =>
  (value, where) => {
    if (!fits(value)) refuseOption(where, value, give)
  }

export const share = must(
  (value) => isNumber(value) && value >= 0 && value <= 1,
  'Give a share from 0 (none) to 1 (every call).',
)
export const factor = must(
  (value) => isNumber(value) && value >= 0 && Number.isFinite(value),
  'Give a factor that is not negative, such as 0.5.',
)
export const weight = must(
  (value) => isNumber(value) && value >= 0 && Number.isFinite(value),
  'Give a weight that is not negative, such as 1.',
)
export const text = must((value) => typeof value === 'string' && value !== '', 'Give a text that is not empty.')
export const flag = must((value) => typeof value === 'boolean', 'Give true or false.')
export const aFunction = must((value) => typeof value === 'function', 'Give a function.')
export const ordinal = must(
  (value) => Number.isInteger(value) && (value as number) >= 0,
  'Give a whole number that is not negative.',
)

/** A whole number from 1 on, or infinity for no limit. */
export const count = must(
  (value) => isNumber(value) && value >= 1 && (Number.isInteger(value) || value === Number.POSITIVE_INFINITY),
  'Give a whole number of at least 1, or omit the option for no limit.',
)
export const above0 = (unit: string): Check =>
  must((value) => isNumber(value) && value > 0 && Number.isFinite(value), `Give ${unit} as a finite number above 0.`)

/** A duration in milliseconds. */
export function durationOf(value: unknown, where: string): Milliseconds {
  try {
    return parseDuration(value as number)
  } catch {
    const bare = typeof value === 'string' && /^\s*\d+(\.\d+)?\s*$/.test(value) ? Number(value) : undefined
    const meant = bare === undefined ? '' : ` A text needs a unit. For ${bare} milliseconds, give the number ${bare}.`
    return refuseOption(
      where,
      value,
      `Give milliseconds as a number that is not negative, or a text with units, such as '250ms', '15s' or '1h30m'.${meant}`,
    )
  }
}
export const duration: Check = (value, where) => void durationOf(value, where)

/** A duration, or a distribution of them. */
export const latency: Check = (value, where) => {
  if (isObject(value) && typeof value['quantile'] === 'function') return
  if (isObject(value) || typeof value === 'function')
    refuseOption(where, value, "Give a duration, such as '8s', or lognormal(…), uniform(…), empirical(…) or never().")
  // A bare infinity is no time that an answer takes; `never()` is.
  if (value === Number.POSITIVE_INFINITY) refuseOption(where, value, 'Give never() for answers that never arrive.')
  durationOf(value, where)
}

/** One of some names. */
export const oneOf =
  (what: string, names: readonly string[]): Check =>
  (value, where) => {
    if (typeof value === 'string' && names.includes(value)) return
    refuseOption(where, value, `Give ${what}. ${suggestion(String(value), names)}`)
  }

/**
 * An object with options of some names, each of which may be left out.
 *
 * @param elsewhere names that such options have elsewhere, with their names here
 */
export function options(
  checks: Readonly<Record<string, Check>>,
  needed: readonly string[] = [],
  elsewhere: Readonly<Record<string, string>> = {},
): Check {
  const names = Object.keys(checks)
  return (value, where) => {
    if (!isObject(value)) refuseOption(where, value, `Give an object with some of: ${names.join(', ')}.`)
    for (const name of needed)
      if (value[name] === undefined)
        throw new InvalidProviderConfigError(`${where}.${name} is missing. Set this option.`)
    for (const [name, given] of Object.entries(value)) {
      if (given === undefined) continue
      const check = Object.hasOwn(checks, name) ? checks[name] : undefined
      if (!check)
        throw new InvalidProviderConfigError(
          `There is no option ${where}.${name}. ${Object.hasOwn(elsewhere, name) ? `Here, its name is "${elsewhere[name]}".` : suggestion(name, names)}`,
        )
      check(given, `${where}.${name}`)
    }
  }
}

/** An object whose names are the user's own. */
export const mapOf =
  (check: Check): Check =>
  (value, where) => {
    if (!isObject(value)) refuseOption(where, value, 'Give an object from names to values.')
    for (const [name, given] of Object.entries(value)) if (given !== undefined) check(given, `${where}.${name}`)
  }

export const listOf =
  (check: Check): Check =>
  (value, where) => {
    if (!Array.isArray(value)) refuseOption(where, value, 'Give a list.')
    value.forEach((each, index) => check(each, `${where}[${index}]`))
  }

/** An object whose names are some of those that are known. */
export const mapOfKnown =
  (what: string, names: readonly string[], check: Check): Check =>
  (value, where) => {
    if (!isObject(value)) refuseOption(where, value, `Give an object from ${what} to a value.`)
    for (const [name, given] of Object.entries(value)) {
      if (!names.includes(name))
        throw new InvalidProviderConfigError(
          `${where} has ${shown(name)}, which is not a known ${what}. ${suggestion(name, names)}`,
        )
      if (given !== undefined) check(given, `${where}.${name}`)
    }
  }
