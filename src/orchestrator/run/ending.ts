import { CompletionError } from '../service/failures.ts'
import type { EndReason } from './result.ts'

/** That a run ends, once, and why. */
export class Ending {
  readonly #controller = new AbortController()
  readonly #onEnd: () => void
  #reason: EndReason | undefined

  /** @param onEnd is told when it ends for a reason */
  constructor(onEnd: () => void) {
    this.#onEnd = onEnd
  }

  /** Aborted at the end of the run. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  get isOver(): boolean {
    return this.signal.aborted
  }

  /** Nothing for a strategy that has come to its own end. */
  get reason(): EndReason | undefined {
    return this.#reason
  }

  /** Ends the run. One that has ended stays as it has. */
  end(reason: EndReason, cause?: unknown): void {
    if (this.isOver) return
    this.#reason = reason
    this.#controller.abort(cause ?? new CompletionError('cancelled', `The orchestration ends: ${reason}.`))
    this.#onEnd()
  }

  /** The strategy has come to its end: what goes on beside it is broken off. */
  close(): void {
    if (!this.isOver) this.#controller.abort(new CompletionError('cancelled', 'The orchestration ended.'))
  }
}
