import type { Item } from './responses/request.ts'

/** Items of a conversation as the service keeps them: those of one step, and what stood before, which later steps share. */
export interface KeptItems {
  readonly before: KeptItems | undefined
  readonly items: readonly Item[]
  /** Of all of them, about. */
  readonly bytes: number
}

/** What a conversation may have: as much as one request could bring. Of a longer one the oldest items go. Bytes. */
const MAX_BYTES = 32 * 1024 * 1024

/** What items take, about. Bytes. */
export const bytesOf = (items: readonly Item[]): number => JSON.stringify(items).length

/** All items, the oldest first. */
export function allItems(kept: KeptItems | undefined): readonly Item[] {
  const steps: (readonly Item[])[] = []
  for (let step = kept; step; step = step.before) steps.push(step.items)
  return steps.length === 1 ? steps[0]! : steps.reverse().flat()
}

/** A conversation with items after it. */
export function withItems(before: KeptItems | undefined, items: readonly Item[]): KeptItems | undefined {
  if (items.length === 0) return before
  const kept = { before, items, bytes: (before?.bytes ?? 0) + bytesOf(items) }
  return before && kept.bytes > MAX_BYTES ? newestHalf(kept) : kept
}

function newestHalf(kept: KeptItems): KeptItems {
  const found: Item[] = []
  let bytes = 0
  for (const item of allItems(kept).toReversed()) {
    if (bytes > MAX_BYTES / 2) break
    bytes += bytesOf([item])
    found.push(item)
  }
  return { before: undefined, items: found.reverse(), bytes }
}
