import type { Clock, Milliseconds } from '../clock/index.ts'
import { NO_USAGE } from '../trace/index.ts'
import type { ServiceError } from './call.ts'
import { composeReply } from './compose.ts'
import { NO_CONTENT } from './content.ts'
import type { Ending } from './faults/index.ts'
import type { Lifecycle } from './lifecycle.ts'
import { refusalText, type OpenCall } from './open-call.ts'

/** Ends calls before the model has worked on them. */
export class EarlyEnd {
  readonly #lifecycle: Lifecycle
  readonly #clock: Clock
  readonly #retryAfterMs: Milliseconds

  /** @param retryAfterMs what a failed client is told to wait where nothing else tells it */
  constructor(lifecycle: Lifecycle, clock: Clock, retryAfterMs: Milliseconds) {
    this.#lifecycle = lifecycle
    this.#clock = clock
    this.#retryAfterMs = retryAfterMs
  }

  /** Answers a call with an error. */
  refuse(call: OpenCall, refusal: ServiceError, afterMs: Milliseconds): void {
    this.#lifecycle.after(call, afterMs, () => {
      // What the client is not told it cannot be held to.
      const isTold = call.request.tellsRetryAfter?.includes(refusal.kind) ?? true
      const retryAfterMs = isTold && 'retryAfterMs' in refusal ? refusal.retryAfterMs : null
      const message = refusalText(refusal)
      this.#lifecycle.fail(call, { fault: refusal.kind, message, usage: NO_USAGE, retryAfterMs })
      call.receive({ kind: 'refusal', refusal, model: call.request.model, limits: this.#limits(call) })
    })
  }

  /** Ends a call as its fault says. */
  end(call: OpenCall, ending: Ending, afterMs: Milliseconds): void {
    const { request, receive, input } = call
    const { name, until } = call.fault!
    const date = this.#clock.epoch + this.#clock.now() + afterMs
    switch (ending.kind) {
      case 'refusal': {
        const retryAfterMs = this.#retryAfterMs
        const endOfWindow = until === undefined ? undefined : this.#clock.epoch + until
        const circumstances = { model: request.model, retryAfterMs, date, until: endOfWindow }
        return this.refuse(call, ending.refusal(circumstances), afterMs)
      }
      case 'reset':
        return this.#lifecycle.after(call, afterMs, () => {
          this.#fail(call, name, ending.message)
          receive({ kind: 'reset', ...(ending.connection && { connection: ending.connection }) })
        })
      case 'damage':
        return this.#lifecycle.after(call, afterMs, () => {
          this.#fail(call, name, ending.message)
          const reply = composeReply(request, NO_CONTENT, { id: '', createdAt: date, fault: undefined, input })
          receive({ kind: 'whole', reply, limits: this.#limits(call), damage: ending.damage })
        })
      case 'silence':
      case 'stall':
      case 'answer':
        call.state = { kind: 'hanging' }
        return undefined
      default:
        return ending satisfies never
    }
  }

  #fail(call: OpenCall, fault: string, message: string): void {
    this.#lifecycle.fail(call, { fault, message, usage: NO_USAGE, retryAfterMs: null })
  }

  #limits({ service }: OpenCall) {
    return service.limiter.states(this.#clock.now(), this.#clock.epoch)
  }
}
