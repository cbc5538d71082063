import type { Following } from '../questions/completion.ts'
import { CompletionError } from '../service/failures.ts'
import type { Agent } from './agent.ts'
import type { Hold } from './conversation.ts'

/**
 * The way of one question: while it waits of its own will its conversation is not lost, and its agent does not hang; and what happened
 * before its time was up is known.
 */
export class QuestionProgress implements Following {
  readonly #agent: Pick<Agent, 'resting' | 'progress'>
  readonly #hold: Pick<Hold, 'pause'>
  readonly #signal: AbortSignal
  #isPausing = false
  #last: CompletionError | undefined

  constructor(agent: Pick<Agent, 'resting' | 'progress'>, hold: Pick<Hold, 'pause'>, signal: AbortSignal) {
    this.#agent = agent
    this.#hold = hold
    this.#signal = signal
  }

  pauses(): () => void {
    const goesOn = this.#hold.pause()
    this.#isPausing = true
    this.#agent.resting += 1
    return () => {
      // A pause that was broken off is where it has ended.
      if (!this.#signal.aborted) this.#isPausing = false
      this.#agent.resting -= 1
      this.#agent.progress()
      goesOn()
    }
  }

  failed(error: CompletionError): void {
    if (error.kind !== 'breaker_open' || !this.#last) this.#last = error
  }

  /** A deadline that ended a pause after a failed try, with that failure as its cause; every other error as it is. */
  explained(error: unknown): unknown {
    if (!this.#isPausing || !this.#last || !(error instanceof CompletionError) || error.kind !== 'deadline')
      return error
    return new CompletionError('deadline', error.message, { mayBeBilled: error.mayBeBilled, cause: this.#last })
  }
}
