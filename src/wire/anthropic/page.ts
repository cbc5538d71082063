import type { BadRequest } from '../service.ts'
import { invalid } from './errors.ts'

// Source: https://docs.anthropic.com/en/api/models-list (after_id, before_id, limit).

const DEFAULT_LIMIT = 20
const MOST = 1_000

/** One page of a list. */
export interface Page<Item> {
  data: readonly Item[]
  has_more: boolean
  first_id: string | null
  last_id: string | null
}

/** The page of a list that a query asks for. */
export function pageOf<Item extends { id: string }>(
  items: readonly Item[],
  query: URLSearchParams,
): Page<Item> | BadRequest {
  const limit = Number(query.get('limit') ?? DEFAULT_LIMIT)
  if (!Number.isInteger(limit)) return invalid('limit: Input should be a valid integer')
  if (limit < 1) return invalid('limit: Input should be greater than or equal to 1')
  if (limit > MOST) return invalid(`limit: Input should be less than or equal to ${MOST}`)
  const placeOf = (name: string): number => items.findIndex(({ id }) => id === query.get(name))
  const before = query.has('before_id') ? placeOf('before_id') : undefined
  const from = before === undefined ? placeOf('after_id') + 1 : Math.max(0, before - limit)
  const data = items.slice(from, before === undefined ? from + limit : Math.max(0, before))
  return {
    data,
    has_more: before === undefined ? from + limit < items.length : from > 0,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
  }
}
