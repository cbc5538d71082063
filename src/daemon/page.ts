import type { Parameter } from './parameters.ts'

/** What lists may be given. */
export const PAGE = {
  limit: { type: 'integer', about: 'maximum number of listed items', default: 100, least: 1, most: 1_000 },
  offset: { type: 'integer', about: 'number of skipped items', default: 0, least: 0, most: 1_000_000_000 },
} as const satisfies Readonly<Record<string, Parameter>>

/** A part of a list. */
export interface Page<Item> {
  items: Item[]
  /** How many there are in all. */
  total: number
  /** Where the next page begins; nothing on the last one. */
  next: number | undefined
}

/** Clients of KSI read lines of 64 KiB; what stands around a list needs room too. Bytes of JSON. */
const MAX_BYTES = 48 * 1024

/** As many items as the limit and the length of a line allow, one at the least. */
export function page<Item>(all: readonly Item[], { limit, offset }: { limit: number; offset: number }): Page<Item> {
  const { items } = pageOfRows(all.slice(offset, offset + limit), { limit, offset })
  const end = offset + items.length
  return { items, total: all.length, next: end < all.length ? end : undefined }
}

/**
 * The same of rows that are read one by one, no more of them than the page holds. They begin at the offset; how many
 * there are in all is not known.
 */
export function pageOfRows<Item>(
  rows: Iterable<Item>,
  { limit, offset }: { limit: number; offset: number },
): Omit<Page<Item>, 'total'> {
  const items: Item[] = []
  let bytes = 0
  for (const item of rows) {
    bytes += Buffer.byteLength(JSON.stringify(item) ?? '') + 1
    if (items.length === limit || (items.length > 0 && bytes > MAX_BYTES)) return { items, next: offset + items.length }
    items.push(item)
  }
  return { items, next: undefined }
}

/** How a page is told of. */
export const ofPage = ({ items, total, next }: Page<unknown>): object => ({
  count: items.length,
  total,
  ...(next !== undefined && { next_offset: next }),
})

/** Values that are too long for a line are left out, and their length told. */
export const withoutLong = (values: Readonly<Record<string, unknown>>): Record<string, unknown> => {
  let bytes = 0
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const length = Buffer.byteLength(JSON.stringify(value) ?? '')
      if (bytes + length <= MAX_BYTES) {
        bytes += length
        return [name, value]
      }
      return [name, { left_out: `${length} bytes` }]
    }),
  )
}
