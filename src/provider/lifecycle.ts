import type { Clock, Milliseconds } from '../clock/index.ts'
import { costOf } from '../money/index.ts'
import type { EventBody, PicoDollars, Trace, Usage } from '../trace/index.ts'
import type { Bag } from './bag.ts'
import type { Reply } from './call.ts'
import type { Ledger } from './ledger.ts'
import { usageSoFar, type OpenCall } from './open-call.ts'
import type { Retries } from './retries.ts'
import type { ReplyOrigins } from './reply-origins.ts'
import type { Threads } from './threads.ts'

/** How a call has failed. */
export interface CallFailure {
  /** The name of a fault or a refusal, or `disconnected`. */
  fault: string
  message: string
  usage: Usage
  /** How long the client was told to wait before it tries again. */
  retryAfterMs: Milliseconds | null
}

/** What those who do a part of a call's life need of the whole. */
export interface Lifecycle {
  /** Does what comes next in the life of a call, unless the call has ended by then. Nothing else may be waiting to be done. */
  after(call: OpenCall, delay: Milliseconds, next: () => void): void
  /** Ends a call with its answer, and books it. */
  complete(call: OpenCall, reply: Reply): void
  /** Ends a call without one, and books what was used. */
  fail(call: OpenCall, failure: CallFailure): void
}

/** Ends calls: in the ledger, in the trace, and in what is remembered of them. */
export class CallEnds implements Lifecycle {
  readonly #clock: Clock
  readonly #trace: Trace
  readonly #keepsContents: boolean
  readonly #ledger: Ledger
  readonly #open: Bag<OpenCall>
  readonly #retries: Retries
  readonly #origins: ReplyOrigins
  readonly #threads: Threads

  constructor(parts: {
    clock: Clock
    trace: Trace
    contents: boolean
    ledger: Ledger
    open: Bag<OpenCall>
    retries: Retries
    origins: ReplyOrigins
    threads: Threads
  }) {
    this.#clock = parts.clock
    this.#trace = parts.trace
    this.#keepsContents = parts.contents
    this.#ledger = parts.ledger
    this.#open = parts.open
    this.#retries = parts.retries
    this.#origins = parts.origins
    this.#threads = parts.threads
  }

  after(call: OpenCall, delay: Milliseconds, next: () => void): void {
    call.cancel = this.#clock.after(delay, next)
  }

  complete(call: OpenCall, { usage, choices }: Reply): void {
    const cost = this.#close(call, usage, 'completed')
    const now = this.#clock.now()
    const { id, arrivedAt } = call
    const fault = call.fault?.name ?? null
    const [{ finish }] = choices
    const ended: Extract<EventBody, { type: 'call.ended' }> = {
      type: 'call.ended',
      call: id,
      afterMs: now - arrivedAt,
      finish,
      fault,
      usage,
      cost,
    }
    if (this.#keepsContents) ended.answer = choices[0].text
    const seq = this.#trace.append(ended, [call.seq])
    for (const { text } of choices) this.#origins.add(text, seq, id)
    this.#threads.answered(call.prompt, { call: id, holds: call.holds })
    this.#retries.answered(call.content, arrivedAt, now)
  }

  fail(call: OpenCall, { fault, message, usage, retryAfterMs }: CallFailure): void {
    const cost = this.#close(call, usage, 'failed')
    const now = this.#clock.now()
    const seq = this.#trace.append(
      { type: 'call.failed', call: call.id, afterMs: now - call.arrivedAt, fault, message, retryAfterMs, usage, cost },
      [call.seq],
    )
    if (fault === 'disconnected' && this.#hasWhatItWanted(call)) return
    const { id, attempt, content, request } = call
    this.#retries.failed(content, { call: id, seq, at: now, retryAfterMs, attempt, retryCount: request.retryCount })
  }

  /** The client of a call has gone away. */
  disconnect(call: OpenCall): void {
    if (call.closed) return
    for (const putBack of call.putBacks) putBack()
    const message =
      call.state.kind === 'stalled' ? 'The client disconnected from a stalled answer.' : 'The client disconnected.'
    const usage = usageSoFar(call, this.#clock.now())
    this.fail(call, { fault: 'disconnected', message, usage, retryAfterMs: null })
  }

  /** Who goes away with a part of a stream that still comes, or when another call has brought the answer, has what it wanted. */
  #hasWhatItWanted({ isRead, state, content, arrivedAt }: OpenCall): boolean {
    return (isRead && state.kind !== 'stalled') || this.#retries.isAnsweredSince(content, arrivedAt)
  }

  #close(call: OpenCall, usage: Usage, status: 'completed' | 'failed'): PicoDollars {
    call.closed = true
    const whole = call.model ? costOf(usage, call.model.prices) : 0
    const cost = call.request.batch ? Math.round(whole / 2) : whole
    const { model, provider } = call.request
    this.#ledger.book({ agent: call.caller.agent, model, provider, usage, cost: BigInt(cost), status })
    this.#open.delete(call)
    this.#threads.ended(call.prompt, call.id)
    if (call.admitted) call.service.limiter.release(usage.output, this.#clock.now())
    const { cancel, leave } = call
    // Emptied, so that what outlives the call (its handle at the client) does not keep all that answered it.
    call.cancel = undefined
    call.leave = undefined
    cancel?.()
    leave?.()
    return cost
  }
}
