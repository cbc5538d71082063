import type { Clock, Milliseconds } from '../clock/index.ts'
import type { Answer } from './call.ts'

type Receive = (answer: Answer) => void

/** One request that may come several times. */
interface Kept {
  call: number
  receivers: Set<Receive>
  answer: Answer | undefined
}

const REMEMBERED_KEYS = 20_000
/** How long it takes to find an answer that is kept. */
const LOOK_UP_MS: Milliseconds = 20

/**
 * Requests by idempotency key: a service that knows such keys works only once for one of them, goes on when the client
 * has gone, and gives the same answer to who asks again. Answers that are errors are not kept.
 */
export class IdempotentRequests {
  readonly #clock: Clock
  readonly #kept = new Map<string, Kept>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** The call that a key stands for; from now on `receive` gets its answer too. */
  join(key: string, receive: Receive): number | undefined {
    const kept = this.#kept.get(key)
    if (!kept) return undefined
    kept.receivers.add(receive)
    const { answer } = kept
    if (answer)
      this.#clock.after(LOOK_UP_MS, () => {
        if (kept.receivers.has(receive)) receive(answer)
      })
    return kept.call
  }

  /** Whether a key stands for a call. */
  has(key: string, call: number): boolean {
    return this.#kept.get(key)?.call === call
  }

  /** Begins to keep a request. What is returned receives its answer in place of `receive`. */
  keep(key: string, call: number, receive: Receive): Receive {
    const kept: Kept = { call, receivers: new Set([receive]), answer: undefined }
    if (this.#kept.size >= REMEMBERED_KEYS) this.#kept.delete(this.#kept.keys().next().value!)
    this.#kept.set(key, kept)
    return (answer) => {
      if (answer.kind === 'whole' && answer.damage === undefined) kept.answer = answer
      else this.#kept.delete(key)
      for (const each of kept.receivers) each(answer)
    }
  }

  /**
   * A client has gone away; the work goes on. Tells the call for whose answer nobody waits any more, if it has none
   * yet.
   */
  leave(key: string, receive: Receive): number | undefined {
    const kept = this.#kept.get(key)
    if (!kept?.receivers.delete(receive) || kept.receivers.size > 0 || kept.answer) return undefined
    return kept.call
  }
}
