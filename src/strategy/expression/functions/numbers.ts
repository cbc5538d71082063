import { Unfit } from '../errors.ts'
import { described } from '../kinds.ts'
import type { Json } from '../../json.ts'
import type { Work } from '../work.ts'
import { functions } from './signature.ts'

/** Numbers that are given one by one, or as a list. */
function numbersIn(given: readonly (number | readonly number[])[], name: string): readonly number[] {
  const [only] = given
  if (given.length === 1 && Array.isArray(only)) return only as readonly number[]
  const wrong = given.find((each) => typeof each !== 'number')
  if (wrong !== undefined)
    throw new Unfit(`${name} needs numbers, or one list of them, not ${described(wrong as Json)}`)
  return given as readonly number[]
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

/** What an empty list has not. */
function some(values: readonly number[], name: string): readonly number[] {
  if (values.length > 0) return values
  throw new Unfit(`${name} needs at least one number: the list is empty`, 'value')
}

const MAX_DIGITS = 20
const MOST = 1_000_000

/** The integers from `from` up to, but not including, `to`, as in Python. */
function range(first: number, second?: number | null): Json {
  const [from, to] = second === undefined || second === null ? [0, first] : [first, second]
  if (to - from > MOST) throw new Unfit(`range(${from}, ${to}) has more than ${MOST} numbers`, 'value')
  // Made in one piece: so many numbers one by one would hold others up for ten times as long.
  const numbers = new Array<number>(Math.max(0, to - from))
  for (let index = 0; index < numbers.length; index++) numbers[index] = from + index
  return numbers
}

/** As many numbers as there will be. */
const counted = ([first, second]: readonly Json[], work: Work): void => {
  const many = typeof second === 'number' ? second - Number(first) : Number(first)
  work.copied(Math.min(MOST, Math.max(0, many)))
}

const mean = (...given: (number | readonly number[])[]): Json => {
  const values = numbersIn(given, 'mean')
  return values.length === 0 ? null : sum(values) / values.length
}

/** A number that a value says. */
function number(value: Json): number {
  if (typeof value === 'number') return value
  const read = typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN
  if (Number.isFinite(read)) return read
  throw new Unfit(`number needs a number, or a text that is one, not ${described(value)}`)
}

/** Unix seconds, by the clock in force. */
const now = (): Json => Date.now() / 1_000
/** A number from `from` up to, but not including, `to`; by chance, which a simulation seeds. */
const random = (from?: number | null, to?: number | null): Json =>
  (from ?? 0) + Math.random() * ((to ?? 1) - (from ?? 0))

/** Functions about numbers. */
export const NUMBERS = functions({
  range: ['from: whole, to?: whole', range, counted],
  RANGE: ['from: whole, to?: whole', range, counted],
  sum: ['...values: numbers', (...given: (number | readonly number[])[]) => sum(numbersIn(given, 'sum'))],
  mean: ['...values: numbers', mean],
  avg: ['...values: numbers', mean],
  min: [
    '...values: numbers',
    (...given: (number | readonly number[])[]) =>
      some(numbersIn(given, 'min'), 'min').reduce((least, value) => Math.min(least, value)),
  ],
  max: [
    '...values: numbers',
    (...given: (number | readonly number[])[]) =>
      some(numbersIn(given, 'max'), 'max').reduce((most, value) => Math.max(most, value)),
  ],
  abs: ['value: number', (value: number) => Math.abs(value)],
  floor: ['value: number', (value: number) => Math.floor(value)],
  ceil: ['value: number', (value: number) => Math.ceil(value)],
  round: [
    'value: number, digits?: whole',
    (value: number, digits?: number | null) => {
      if ((digits ?? 0) < 0 || (digits ?? 0) > MAX_DIGITS)
        throw new Unfit(`round takes 0 to ${MAX_DIGITS} digits, not ${digits}`, 'value')
      return Number(value.toFixed(digits ?? 0))
    },
  ],
  number: ['value: any', number],
  now: ['', now, 'impure'],
  NOW: ['', now, 'impure'],
  random: ['from?: number, to?: number', random, 'impure'],
  RANDOM: ['from?: number, to?: number', random, 'impure'],
})
