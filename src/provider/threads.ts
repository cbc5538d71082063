import type { Message } from './call.ts'

/** How far what is remembered reaches back, at least. Calls. */
const REMEMBERED = 5_000
/** Characters of a longer text that are read, at either end and in between. */
const READ = 32

/** A call that was answered, and the calls whose answers its messages held. */
interface Answered {
  call: number
  holds: readonly number[]
}

/** With whether a conversation has gone on with the answer to these messages. */
interface Kept extends Answered {
  isContinued: boolean
}

/** What the messages of a call begin with. */
export interface Thread {
  /** The same for the same messages. */
  prompt: number
  /** The newest call with whose messages, and an answer to them, they begin. */
  continues: Answered | undefined
  /** The place of that answer among them; 0 where there is none. */
  from: number
  /** The newest call under way with whose messages they begin, before another question. */
  overtakes: number | undefined
  /** The newest call with the same messages, if the conversation has gone on from there: it begins there again. */
  repeats: number | undefined
}

/** Tells which call a conversation goes on with. */
export class Threads {
  #young = new Map<number, Kept>()
  #old: ReadonlyMap<number, Kept> = new Map()
  /** The newest call under way of each prompt. */
  readonly #open = new Map<number, number>()

  /** @param conversation identifies how the messages open */
  find(conversation: string, messages: readonly Message[]): Thread {
    let prompt = mix(0, conversation)
    let continues: Kept | undefined
    let from = 0
    let overtakes: number | undefined
    const opening = messages.findIndex(({ role }) => role !== 'system') + 1
    for (let index = opening; index < messages.length; index++) {
      const { role, text, toolCalls, mediaTokens } = messages[index]!
      const found = role === 'assistant' ? this.#kept(prompt) : undefined
      if (found) {
        continues = found
        from = index
      }
      if (role === 'user' && index > 0) overtakes = this.#open.get(prompt) ?? overtakes
      prompt = mix(mix(prompt, role), text)
      if (mediaTokens) prompt = mix(prompt, String(mediaTokens))
      for (const { name, arguments: given } of toolCalls) prompt = mix(mix(prompt, name), given)
    }
    if (continues) continues.isContinued = true
    const before = this.#kept(prompt)
    return { prompt, continues, from, overtakes, repeats: before?.isContinued ? before.call : undefined }
  }

  #kept(prompt: number): Kept | undefined {
    return this.#young.get(prompt) ?? this.#old.get(prompt)
  }

  /** A call is under way: what begins with its messages does not know its answer. */
  asked(prompt: number, call: number): void {
    this.#open.set(prompt, call)
  }

  /** A call is under way no longer. */
  ended(prompt: number, call: number): void {
    if (this.#open.get(prompt) === call) this.#open.delete(prompt)
  }

  /** A call has been answered, so that others may go on with it. */
  answered(prompt: number, { call, holds }: Answered): void {
    const isContinued = this.#kept(prompt)?.isContinued ?? false
    if (this.#young.size >= REMEMBERED) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(prompt, { call, holds, isContinued })
  }
}

/** A hash of 53 bits that goes on with a text: of a long one both ends, and some of what lies between. */
function mix(hash: number, text: string): number {
  const { length } = text
  let a = (hash / 0x200000) | 0
  let b = (hash & 0x1fffff) ^ length
  const read = (at: number): void => {
    const unit = text.charCodeAt(at)
    a = Math.imul(a ^ unit, 0x01000193)
    b = Math.imul(b ^ unit, 0x5bd1e995) + 0x165667b1
  }
  if (length <= 3 * READ) for (let at = 0; at < length; at++) read(at)
  else {
    for (let at = 0; at < READ; at++) read(at)
    for (let nth = 0; nth < READ; nth++) read(READ + Math.floor(((length - 2 * READ) * nth) / READ))
    for (let at = length - READ; at < length; at++) read(at)
  }
  b ^= b >>> 15
  a = Math.imul(a ^ (b >>> 16) ^ (a >>> 13), 0x85ebca6b)
  return (a >>> 0) * 0x200000 + ((b ^ (a >>> 11)) & 0x1fffff)
}
