import { parseDuration } from '../clock/index.ts'
import { suggestion } from './nearest.ts'

/** What an option may be. */
export interface OptionType {
  /** In words: `a whole number from 1`. */
  needs: string
  fits: (value: unknown) => boolean
  /** The texts that it may be, where these are few. */
  choices?: readonly string[]
  /** What to do about a value that does not fit. */
  hint?: (value: unknown) => string | undefined
}

/** From where to where a number goes; both ends are included. */
export interface Range {
  least?: number
  most?: number
}

const inRange = (
  value: number,
  { least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY }: Range,
): boolean => Number.isFinite(value) && value >= least && value <= most
const rangeIn = ({ least, most }: Range): string =>
  `${least === undefined ? '' : ` from ${least}`}${most === undefined ? '' : ` to ${most}`}`

/** A number in quotes. */
const unquoted = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value))
    ? `Write ${value.trim()} without quotes.`
    : undefined

export const number = (range: Range = {}): OptionType => ({
  needs: `a number${rangeIn(range)}`,
  fits: (value) => typeof value === 'number' && inRange(value, range),
  hint: unquoted,
})

export const whole = (range: Range = {}): OptionType => ({
  needs: `a whole number${rangeIn(range)}`,
  fits: (value) => Number.isInteger(value) && inRange(value as number, range),
  hint: unquoted,
})

export const boolean: OptionType = {
  needs: 'true or false',
  fits: (value) => typeof value === 'boolean',
  hint: (value) => (value === 'true' || value === 'false' ? `Write ${value} without quotes.` : undefined),
}

export const textNotEmpty: OptionType = {
  needs: 'a text that is not empty',
  fits: (value) => typeof value === 'string' && value.trim() !== '',
}
export const list: OptionType = { needs: 'a list', fits: Array.isArray }
export const object: OptionType = {
  needs: 'an object',
  fits: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
}
/** What the reader of the option judges. */
export const any: OptionType = { needs: 'a value', fits: (value) => value !== undefined }

/** One of a few texts. */
export const oneOf = (...choices: readonly string[]): OptionType => ({
  needs: choices.map((each) => `"${each}"`).join(' or '),
  fits: (value) => choices.includes(value as string),
  choices,
  hint: (value) => (typeof value === 'string' ? suggestion(value, choices) || undefined : undefined),
})

/** Either of two. */
export const either = (first: OptionType, second: OptionType): OptionType => ({
  needs: `${first.needs}, or ${second.needs}`,
  fits: (value) => first.fits(value) || second.fits(value),
  hint: (value) => first.hint?.(value) ?? second.hint?.(value),
})

/** Ten years: longer than anybody waits, and shorter than what timers cannot hold. */
const MAX_MS = 3_650 * 24 * 3_600_000

/** Seconds as a number, or a text such as `15s`, as the language has them. */
export const duration: OptionType = {
  needs: 'a duration from 0 to 3650d: seconds as a number, or a text such as 15s, 5m or 1h30m',
  fits: (value) => {
    if (typeof value === 'number') return inRange(value, { least: 0, most: MAX_MS / 1_000 })
    if (typeof value !== 'string') return false
    try {
      return inRange(parseDuration(value), { least: 0, most: MAX_MS })
    } catch {
      return false
    }
  },
  hint: unquoted,
}

/** An object with options of its own. */
export const objectOf = (table: Readonly<Record<string, OptionType>>): OptionType => ({
  needs: 'an object with options',
  fits: (value) =>
    object.fits(value) &&
    Object.entries(value as object).every(([name, each]) => Object.hasOwn(table, name) && table[name]!.fits(each)),
  hint: (value) => {
    if (!object.fits(value)) return undefined
    for (const [name, each] of Object.entries(value as object)) {
      if (!Object.hasOwn(table, name)) return `The object has no "${name}". ${suggestion(name, Object.keys(table))}`
      if (!table[name]!.fits(each)) return `${name} needs ${table[name]!.needs}.`
    }
    return undefined
  },
})
