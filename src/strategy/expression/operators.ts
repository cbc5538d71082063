import { textOf, type Json } from '../json.ts'
import { Unfit } from './errors.ts'
import { described, isSame, kindOf } from './kinds.ts'
import type { Work } from './work.ts'

type Operator = (a: Json, b: Json, work?: Work) => Json

/** Reckons with two numbers. */
const reckoned =
  (symbol: string, of: (a: number, b: number) => number): Operator =>
  (a, b) => {
    if (typeof a !== 'number' || typeof b !== 'number') {
      const wrong = typeof a === 'number' ? b : a
      throw new Unfit(
        `${symbol} needs two numbers, not ${described(wrong)}${typeof wrong === 'string' && wrong.trim() !== '' && Number.isFinite(Number(wrong)) ? '. number(…) converts a text to a number' : ''}`,
      )
    }
    return finite(of(a, b), symbol)
  }

function finite(value: number, symbol: string): number {
  if (Number.isFinite(value)) return value
  throw new Unfit(`${symbol} does not give a finite number`, 'value')
}

/** Compares two numbers, or two texts. */
const compared =
  (symbol: string, of: (a: number | string, b: number | string) => boolean): Operator =>
  (a, b) => {
    if (typeof a === 'number' && typeof b === 'number') return of(a, b)
    if (typeof a === 'string' && typeof b === 'string') return of(a, b)
    throw new Unfit(`${symbol} compares two numbers or two texts, not ${described(a)} with ${described(b)}`)
  }

/** Joins texts and lists, and adds numbers. */
function plus(a: Json, b: Json): Json {
  if (Array.isArray(a) && Array.isArray(b)) return [...(a as readonly Json[]), ...(b as readonly Json[])]
  if (typeof a === 'string' || typeof b === 'string') {
    if (a === null || b === null)
      throw new Unfit(`+ joins a text with a value, not with nothing (null). text(…) converts null to "null"`)
    return textOf(a) + textOf(b)
  }
  if (typeof a === 'number' && typeof b === 'number') return finite(a + b, '+')
  throw new Unfit(`+ needs two numbers, two lists, or a text, not ${described(a)} and ${described(b)}`)
}

function isIn(a: Json, b: Json, work?: Work): boolean {
  if (Array.isArray(b)) return (b as readonly Json[]).some((item) => isSame(item, a, work))
  if (typeof b === 'string') {
    if (typeof a === 'string') return b.includes(a)
    throw new Unfit(`in searches a text for a text, not for ${described(a)}`)
  }
  if (kindOf(b) === 'object') {
    if (typeof a === 'string') return Object.hasOwn(b as object, a)
    throw new Unfit(`in searches an object for a name, not for ${described(a)}`)
  }
  throw new Unfit(`in needs a list, a text or an object, not ${described(b)}`)
}

const withoutZero = (b: Json, symbol: string): void => {
  if (b === 0) throw new Unfit(`${symbol} by 0 does not give a number`, 'value')
}

/** What stands between two values, but for what may leave its right side out. */
export const OPERATORS: Readonly<Record<string, Operator>> = {
  '+': plus,
  '-': reckoned('-', (a, b) => a - b),
  '*': reckoned('*', (a, b) => a * b),
  '/': (a, b) => {
    withoutZero(b, '/')
    return reckoned('/', (x, y) => x / y)(a, b)
  },
  '%': (a, b) => {
    withoutZero(b, '%')
    return reckoned('%', (x, y) => x % y)(a, b)
  },
  '^': reckoned('^', (a, b) => a ** b),
  '==': isSame,
  '!=': (a, b, work) => !isSame(a, b, work),
  '<': compared('<', (a, b) => a < b),
  '<=': compared('<=', (a, b) => a <= b),
  '>': compared('>', (a, b) => a > b),
  '>=': compared('>=', (a, b) => a >= b),
  in: isIn,
  'not in': (a, b, work) => !isIn(a, b, work),
}

/** `-x` and `+x`. */
export function signed(sign: '-' | '+', value: Json): number {
  if (typeof value !== 'number') throw new Unfit(`${sign} needs a number, not ${described(value)}`)
  return sign === '-' ? -value : value
}
