import { onAbort } from '../service/on-abort.ts'
import type { ChatMessage } from '../service/client.ts'

/** A rough count of tokens, for pruning only: four characters each, and a few for the frame. */
const roughTokens = ({ text }: ChatMessage): number => Math.ceil(text.length / 4) + 4

/** A conversation that is held by one completion. */
export interface Hold {
  release(): void
  /** The holder waits of its own will, and will go on: meanwhile it does not lose the conversation. The function returned ends that. */
  pause(): () => void
}

/**
 * What was said between an agent and its model. One completion at a time holds it, first come, first served; who holds it for
 * longer than the lock lasts loses it to the next in line.
 */
export class Conversation {
  readonly #system: ChatMessage | undefined
  readonly #maxTokens: number
  readonly #lockMs: number
  readonly #line: (() => void)[] = []
  #held: symbol | undefined
  #messages: ChatMessage[] = []

  constructor(system: string | undefined, { maxTokens, lockMs }: { maxTokens: number; lockMs: number }) {
    this.#system = system === undefined ? undefined : { role: 'system', text: system }
    this.#maxTokens = maxTokens
    this.#lockMs = lockMs
  }

  /** What the model is sent. */
  get messages(): readonly ChatMessage[] {
    return this.#system ? [this.#system, ...this.#messages] : this.#messages
  }

  /** What was said, as plain data. */
  save(): readonly ChatMessage[] {
    return this.#messages
  }

  /** Goes on from what was said before a restart. */
  restore(messages: readonly ChatMessage[]): void {
    this.#messages = [...messages]
  }

  /** What the model is sent when `prompt` is asked. */
  with(prompt: string): readonly ChatMessage[] {
    return [...this.messages, { role: 'user', text: prompt }]
  }

  /** Keeps a question and its answer. */
  add(prompt: string, answer: string): void {
    this.#messages.push({ role: 'user', text: prompt }, { role: 'assistant', text: answer })
  }

  /** Drops the oldest messages until the rest fits; never the newest question. Returns how many. */
  prune(): number {
    let tokens = this.messages.reduce((sum, message) => sum + roughTokens(message), 0)
    let dropped = 0
    // Two at a time: a question goes with its answer.
    while (this.#messages.length > 2 && tokens > this.#maxTokens) {
      for (const message of this.#messages.splice(0, 2)) tokens -= roughTokens(message)
      dropped += 2
    }
    return dropped
  }

  /** Waits for its turn. Rejects with the signal's reason, and leaves the line, if that is aborted. */
  async acquire(signal: AbortSignal): Promise<Hold> {
    signal.throwIfAborted()
    if (this.#held !== undefined) {
      await new Promise<void>((resolve, reject) => {
        const turn = (): void => {
          stop()
          resolve()
        }
        const stop = onAbort(signal, () => {
          this.#line.splice(this.#line.indexOf(turn), 1)
          reject(signal.reason)
        })
        this.#line.push(turn)
      })
    }
    const mine = Symbol('holder')
    this.#held = mine
    const release = (): void => {
      clearTimeout(timer)
      if (this.#held !== mine) return
      this.#held = undefined
      // The next one takes the lock in a microtask; nobody else may come between.
      const next = this.#line.shift()
      if (!next) return
      this.#held = Symbol('passing')
      next()
    }
    let timer = setTimeout(release, this.#lockMs)
    const pause = (): (() => void) => {
      clearTimeout(timer)
      return () => {
        clearTimeout(timer)
        if (this.#held === mine) timer = setTimeout(release, this.#lockMs)
      }
    }
    return { release, pause }
  }
}
