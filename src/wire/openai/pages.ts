import type { WireRequest } from '../service.ts'

/** Things on a page where the request does not say. */
const USUAL = 20
const MOST = 100

/** One page of a list, as OpenAI's lists are read: `limit`, `order`, `after`, `before`. */
export function pageOf<Thing extends object>(
  all: readonly Thing[],
  { query }: Pick<WireRequest, 'query'>,
  { order = 'desc', usual = USUAL }: { order?: 'asc' | 'desc'; usual?: number } = {},
): { object: 'list'; data: readonly Thing[]; first_id: string | null; last_id: string | null; has_more: boolean } {
  const idOf = (thing: Thing): string | null => (thing as { id?: string }).id ?? null
  const sorted = (query.get('order') ?? order) === 'asc' ? [...all] : all.toReversed()
  const after = query.get('after')
  const before = query.get('before')
  const from = after === null ? 0 : sorted.findIndex((thing) => idOf(thing) === after) + 1
  const to = before === null ? sorted.length : sorted.findIndex((thing) => idOf(thing) === before)
  const limit = Math.min(MOST, Math.max(1, Number(query.get('limit') ?? usual) || usual))
  const data = sorted.slice(from, Math.min(to < 0 ? sorted.length : to, from + limit))
  return {
    object: 'list',
    data,
    first_id: data[0] ? idOf(data[0]) : null,
    last_id: data.at(-1) ? idOf(data.at(-1)!) : null,
    has_more: from + data.length < sorted.length,
  }
}
