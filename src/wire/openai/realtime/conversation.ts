import type { Message } from '../../../provider/index.ts'
import { audioTokensOf } from '../media.ts'
import { messagesOf } from '../responses/history.ts'
import type { Item } from '../responses/request.ts'
import type { RealtimeItem } from './client-events.ts'

/** What a conversation may have: as much as one request could bring. Of a longer one the oldest items go. Bytes, about. */
const MAX_BYTES = 32 * 1024 * 1024

const bytesOf = (item: RealtimeItem): number => JSON.stringify(item).length

/** The items of a session, in their order. */
export class Conversation {
  readonly id: string
  readonly #items: RealtimeItem[] = []
  #bytes = 0

  constructor(id: string) {
    this.id = id
  }

  get items(): readonly RealtimeItem[] {
    return this.#items
  }

  find(id: string): RealtimeItem | undefined {
    return this.#items.find((item) => item.id === id)
  }

  /** Whether a call has been made that goes by an id. */
  hasCall(id: string | undefined): boolean {
    return this.#items.some((item) => item.type === 'function_call' && item.call_id === id)
  }

  /**
   * Puts an item behind another one: behind the last where it is left out, before all with `root`.
   *
   * @returns the id of the item before it, or nothing where there is none; `false` where the one named is not there
   */
  add(item: RealtimeItem, after?: string | null): string | null | false {
    const at =
      after == null ? this.#items.length : after === 'root' ? 0 : this.#items.findIndex(({ id }) => id === after) + 1
    if (at === 0 && after != null && after !== 'root') return false
    this.#items.splice(at, 0, item)
    this.#bytes += bytesOf(item)
    const before = this.#items[at - 1]?.id ?? null
    while (this.#bytes > MAX_BYTES && this.#items[0] !== item) this.#bytes -= bytesOf(this.#items.shift()!)
    return before
  }

  remove(id: string): boolean {
    const at = this.#items.findIndex((item) => item.id === id)
    for (const item of at >= 0 ? this.#items.splice(at, 1) : []) this.#bytes -= bytesOf(item)
    return at >= 0
  }
}

/** A session's items as a model reads them. What is said aloud is read by its transcript. */
export function readByModel(instructions: string | undefined, items: readonly Partial<RealtimeItem>[]): Message[] {
  return messagesOf(
    instructions,
    items.map((item): Item => {
      const { content, ...rest } = item
      if (!content) return rest as Item
      return {
        ...(rest as Item),
        content: content.map(({ type, text, transcript, ...more }) => ({
          ...more,
          ...(type !== undefined && { type }),
          text: text ?? transcript ?? '',
        })),
      }
    }),
  )
}

/** Tokens of what was said aloud, which has no text of its own. @param characters of base64 */
export const spokenTokens = (characters: number): number => Math.max(1, audioTokensOf(characters))
