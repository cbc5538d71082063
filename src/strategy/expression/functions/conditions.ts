import { isTrue, textOf, type Json } from '../../json.ts'
import { Unfit } from '../errors.ts'
import { described, kindOf } from '../kinds.ts'
import type { Work } from '../work.ts'
import { functions, type Each } from './signature.ts'

/** By numbers or by texts, from the least. What is nothing, or of two kinds, has no order. */
function sort(values: readonly Json[], by?: Each): Json {
  const keyed = values.map((value) => ({ value, key: by ? by(value) : value }))
  const kinds = new Set(keyed.map(({ key }) => kindOf(key)))
  const [kind] = kinds
  if (kinds.size > 1)
    throw new Unfit(
      `sort needs values of one kind, not ${[...kinds].join(' and ')}. To sort by a property, write sort(…, it.score)`,
    )
  if (by && kind !== undefined && kind !== 'number' && kind !== 'text')
    throw new Unfit(`sort needs numbers or texts to sort by, not ${described(keyed[0]!.key)}`)
  return keyed
    .toSorted(({ key: a }, { key: b }) =>
      typeof a === 'number' && typeof b === 'number'
        ? a - b
        : textOf(a) < textOf(b)
          ? -1
          : textOf(a) > textOf(b)
            ? 1
            : 0,
    )
    .map(({ value }) => value)
}

/** What comparing takes, in steps: so many comparisons. */
const sorted = ([values]: readonly Json[], work: Work): void => {
  const { length } = values as readonly Json[]
  work.add(length * Math.ceil(Math.log2(length + 1)))
}

/** Functions that ask something of each item of a list. */
export const CONDITIONS = functions({
  filter: ['values: list, of: each', (values: readonly Json[], of: Each) => values.filter((item) => isTrue(of(item)))],
  map: ['values: list, of: each', (values: readonly Json[], of: Each) => values.map((item) => of(item))],
  any: ['values: list, of: each', (values: readonly Json[], of: Each) => values.some((item) => isTrue(of(item)))],
  all: ['values: list, of: each', (values: readonly Json[], of: Each) => values.every((item) => isTrue(of(item)))],
  find: [
    'values: list, of: each',
    (values: readonly Json[], of: Each) => values.find((item) => isTrue(of(item))) ?? null,
  ],
  sort: ['values: list, by?: each', sort, sorted],
})
