import { hashHex } from '../random/index.ts'
import type { Message } from './call.ts'

/** How far what is remembered reaches back, at least. Calls. */
const REMEMBERED = 5_000

/** Tells which call a conversation goes on with: whose messages, and an answer to them, its own messages begin with. */
export class Threads {
  #young = new Map<string, number>()
  #old: ReadonlyMap<string, number> = new Map()

  /**
   * The messages of a call as one word, the same for the same messages; and the newest call whose messages they begin with.
   *
   * @param conversation identifies how the messages open
   */
  find(conversation: string, messages: readonly Message[]): { prompt: string; continues: number | undefined } {
    let prompt = conversation
    let continues: number | undefined
    const opening = messages.findIndex(({ role }) => role !== 'system') + 1
    for (const { role, text, toolCalls } of messages.slice(opening)) {
      if (role === 'assistant') continues = this.#young.get(prompt) ?? this.#old.get(prompt) ?? continues
      const called = toolCalls.length > 0 ? JSON.stringify(toolCalls) : ''
      prompt = hashHex(`${prompt}\u0000${role}\u0000${text}\u0000${called}`)
    }
    return { prompt, continues }
  }

  /** A call has been answered, so that others may go on with it. */
  answered(prompt: string, call: number): void {
    if (this.#young.size >= REMEMBERED) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(prompt, call)
  }
}
