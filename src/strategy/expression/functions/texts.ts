import { textOf, type Json } from '../../json.ts'
import { Unfit } from '../errors.ts'
import { described, isSame } from '../kinds.ts'
import type { Work } from '../work.ts'
import { functions, items, whole, wholeAnd } from './signature.ts'

/** More than this may not come of one `replace`. */
const MAX_LETTERS = 4_000_000

function replace(text: string, part: string, by: string): Json {
  if (part === '') throw new Unfit('replace needs a part to replace that is not empty', 'value')
  const pieces = text.split(part)
  if (text.length + (pieces.length - 1) * (by.length - part.length) > MAX_LETTERS)
    throw new Unfit(`replace gives more than ${MAX_LETTERS} letters`, 'value')
  return pieces.join(by)
}

function join(values: readonly Json[], separator?: string | null): Json {
  const empty = values.findIndex((value) => value === null)
  if (empty >= 0) throw new Unfit(`join needs values, and item ${empty} of the list is nothing (null)`)
  return values.map((value) => textOf(value)).join(separator ?? ', ')
}

/** The text is taken apart, and put together. */
const twice = (given: readonly Json[], work: Work): void => {
  whole(given, work)
  whole(given, work)
}

/** Functions about texts. */
export const TEXTS = functions({
  text: ['value: any', (value: Json) => textOf(value), wholeAnd(1)],
  upper: ['text: text', (text: string) => text.toUpperCase()],
  lower: ['text: text', (text: string) => text.toLowerCase()],
  trim: ['text: text', (text: string) => text.trim()],
  join: ['values: list, separator?: text', join, wholeAnd(3)],
  split: ['text: text, separator: text', (text: string, separator: string) => text.split(separator), twice],
  replace: ['text: text, part: text, by: text', replace, twice],
  starts_with: ['text: text, part: text', (text: string, part: string) => text.startsWith(part)],
  ends_with: ['text: text, part: text', (text: string, part: string) => text.endsWith(part)],
  /** Where a part begins, from 0; -1 where it is not there. */
  index_of: [
    'of: text|list, part: any',
    (of: string | readonly Json[], part: Json) => {
      if (typeof of !== 'string') return of.findIndex((item) => isSame(item, part))
      if (typeof part === 'string') return of.indexOf(part)
      throw new Unfit(`index_of searches a text for a text, not for ${described(part)}`)
    },
    items,
  ],
  /** The part from one place up to, but not including, another. Below 0 they count from the end. */
  substring: [
    'text: text, from: whole, to?: whole',
    (text: string, from: number, to?: number | null) => text.slice(from, to ?? undefined),
  ],
})
