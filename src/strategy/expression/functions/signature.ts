import type { Json } from '../../json.ts'
import { Unfit } from '../errors.ts'
import { described, kindOf } from '../kinds.ts'
import { weigh, type Work } from '../work.ts'

/** What a function may be given, by the words of a signature. */
const TYPES = {
  any: { needs: 'a value', fits: () => true },
  number: { needs: 'a number', fits: (value: Json) => typeof value === 'number' },
  whole: { needs: 'a whole number', fits: (value: Json) => Number.isInteger(value) },
  count: { needs: 'a whole number from 1', fits: (value: Json) => Number.isInteger(value) && Number(value) >= 1 },
  text: { needs: 'a text', fits: (value: Json) => typeof value === 'string' },
  list: { needs: 'a list', fits: (value: Json) => Array.isArray(value) },
  object: { needs: 'an object', fits: (value: Json) => kindOf(value) === 'object' },
  'text|list': { needs: 'a text or a list', fits: (value: Json) => typeof value === 'string' || Array.isArray(value) },
  'text|number': {
    needs: 'a text or a number',
    fits: (value: Json) => typeof value === 'string' || typeof value === 'number',
  },
  'list|object': { needs: 'a list or an object', fits: (value: Json) => typeof value === 'object' && value !== null },
  'text|list|object': {
    needs: 'a text, a list or an object',
    fits: (value: Json) => typeof value === 'string' || (typeof value === 'object' && value !== null),
  },
  numbers: {
    needs: 'numbers',
    fits: (value: Json) =>
      typeof value === 'number' ||
      (Array.isArray(value) && (value as readonly Json[]).every((item) => typeof item === 'number')),
  },
  /** Asked of each item: `it.score > 3`, or `bid -> bid.score > 3`. */
  each: { needs: 'a condition on its items', fits: () => true },
} as const

type TypeName = keyof typeof TYPES

interface Parameter {
  name: string
  type: TypeName
  isOptional: boolean
  /** It and all that follow are of this type. */
  isRest: boolean
}

/** What a function takes. */
class Takes {
  /** The function and its parameters, as documents show them. */
  readonly form: string
  readonly parameters: readonly Parameter[]

  /** @param signature such as `values: list, separator?: text` or `...values: numbers` */
  constructor(name: string, signature: string) {
    this.form = `${name}(${signature.replaceAll(/\.\.\.(\w+): \S+/g, '$1, …').replaceAll(/: [\w|]+/g, '')})`
    this.parameters = signature.split(', ').map((each) => {
      const [given = '', type = 'any'] = each.split(': ')
      return {
        name: given.replaceAll(/[.?]/g, ''),
        type: type as TypeName,
        isOptional: given.endsWith('?'),
        isRest: given.startsWith('...'),
      }
    })
    if (signature === '') this.parameters = []
  }

  /** What is wrong with so many arguments. */
  problemOfCount(count: number): string | undefined {
    const { parameters } = this
    const least = parameters.filter(({ isOptional, isRest }) => !isOptional && !isRest).length
    const most = parameters.some(({ isRest }) => isRest) ? Number.POSITIVE_INFINITY : parameters.length
    const fewest = parameters.some(({ isRest }) => isRest) ? Math.max(1, least) : least
    if (count >= fewest && count <= most) return undefined
    const range =
      most === fewest ? `${most}` : most === Number.POSITIVE_INFINITY ? `${fewest} or more` : `${fewest} to ${most}`
    return `${this.form} takes ${range} value${range === '1' ? '' : 's'}, not ${count}`
  }

  /** Whether an argument is a condition on items. */
  isEach = (nth: number): boolean => this.parameters[nth]?.type === 'each'

  /** @throws Unfit for an argument of the wrong type */
  check(nth: number, value: Json): void {
    const parameter = this.parameters[Math.min(nth, this.parameters.length - 1)]!
    const { needs, fits } = TYPES[parameter.type]
    // What may be left out may be null.
    if (fits(value) || (parameter.isOptional && value === null)) return
    throw new Unfit(`${this.form} needs ${needs} as ${parameter.name}, not ${described(value)}`)
  }
}

/** Evaluates a condition for an item. */
export type Each = (item: Json) => Json

/** A function of the language. */
export interface LanguageFunction {
  takes: Takes
  /** Arguments were checked. What may be left out is undefined or null. */
  body: (given: readonly Json[], work: Work) => Json
  /** The same arguments give the same value. */
  isPure: boolean
}

/** What a table of functions is made of. */
type Written = readonly [
  signature: string,
  body: (...given: never[]) => Json,
  more?: 'impure' | ((given: readonly Json[], work: Work) => void),
]

/** Counts all that is in the arguments, for a function that looks at each part of them. */
export const whole = (given: readonly Json[], work: Work): void => {
  for (const value of given) if (typeof value !== 'function') weigh(value, work)
}

/** Looks at each item by itself. */
export const items = ([values]: readonly Json[], work: Work): void =>
  work.looked(Array.isArray(values) ? values.length * 2 : 0)

/** Counts all that is in the arguments, and so many steps more for each item of the first: what a copy of an item takes is much less. */
export const wholeAnd =
  (steps: number) =>
  (given: readonly Json[], work: Work): void => {
    whole(given, work)
    const [first] = given
    work.add(steps * (Array.isArray(first) ? first.length : 0))
  }

/** Makes functions of a table. Those that take lists count these as work. */
export const functions = (table: Readonly<Record<string, Written>>): Record<string, LanguageFunction> =>
  Object.fromEntries(
    Object.entries(table).map(([name, [signature, body, more]]) => [
      name,
      {
        takes: new Takes(name, signature),
        isPure: more !== 'impure',
        body: (given, work) => {
          const weighed = typeof more === 'function' ? more : undefined
          for (const value of given) if (Array.isArray(value)) work.copied(value.length)
          weighed?.(given, work)
          return body(...(given as never[]))
        },
      },
    ]),
  )
