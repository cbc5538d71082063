import type { Clock, Milliseconds } from '../clock/index.ts'
import type { Trace } from '../trace/index.ts'
import type { Damage, Piece, Reply } from './call.ts'
import type { Timing } from './latency.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { OpenCall } from './open-call.ts'
import { piecesOf } from './pieces.ts'

/**
 * A streamed answer on its way: head, pieces and tail, each when it is due, so that what is slow can be seen to be slow. All pieces are
 * sent that are billed, however little time there is for them.
 */
export class AnswerStream {
  readonly #call: OpenCall
  readonly #reply: Reply
  readonly #timing: Timing
  readonly #pieces: readonly Piece[]
  /** How many of them are sent. */
  readonly #sends: number
  readonly #endMs: Milliseconds
  readonly #end: () => Damage | undefined
  readonly #lifecycle: Lifecycle
  readonly #clock: Clock
  readonly #trace: Trace
  readonly #start: Milliseconds
  #sent = 0

  /**
   * @param options.share the part of the answer that is sent
   * @param options.endMs when it ends, in milliseconds after it was begun
   * @param options.end ends the call, and says how its answer is damaged
   */
  constructor(
    call: OpenCall,
    reply: Reply,
    timing: Timing,
    {
      share,
      endMs,
      end,
      lifecycle,
      clock,
      trace,
    }: {
      share: number
      endMs: Milliseconds
      end: () => Damage | undefined
      lifecycle: Lifecycle
      clock: Clock
      trace: Trace
    },
  ) {
    this.#call = call
    this.#reply = reply
    this.#timing = timing
    this.#pieces = piecesOf(reply)
    this.#sends = Math.ceil(this.#pieces.length * share)
    this.#endMs = endMs
    this.#end = end
    this.#lifecycle = lifecycle
    this.#clock = clock
    this.#trace = trace
    this.#start = clock.now()
    lifecycle.after(call, timing.firstTokenMs, this.#open)
  }

  readonly #open = (): void => {
    const call = this.#call
    const now = this.#clock.now()
    this.#trace.append({ type: 'call.firstToken', call: call.id, afterMs: now - call.arrivedAt }, [call.seq])
    call.isRead = true
    const limits = call.service.limiter.states(now, this.#clock.epoch)
    const fragmented = call.fault?.kind.fragmented
    call.receive({ kind: 'head', reply: this.#reply, limits, ...(fragmented && { fragmented }) })
    this.#go()
  }

  /** Sends what is due, and waits for what is not. */
  readonly #go = (): void => {
    const call = this.#call
    const reply = this.#reply
    const passed = this.#clock.now() - this.#start
    while (this.#sent < this.#sends) {
      if (call.closed) return
      const dueMs = Math.min(this.#dueMs(this.#sent), this.#endMs)
      if (dueMs > passed) return this.#lifecycle.after(call, dueMs - passed, this.#go)
      call.receive({ kind: 'piece', reply, piece: this.#pieces[this.#sent]! })
      this.#sent += 1
    }
    if (!call.closed) this.#lifecycle.after(call, this.#endMs - passed, this.#close)
  }

  readonly #close = (): void => {
    const damage = this.#end()
    this.#call.receive({ kind: 'tail', reply: this.#reply, damage })
  }

  /** When a piece is due, in milliseconds after the answer was begun. */
  #dueMs(index: number): Milliseconds {
    if (index === 0) return this.#timing.firstTokenMs
    const { firstTokenMs, totalMs } = this.#timing
    return firstTokenMs + Math.round(((totalMs - firstTokenMs) * index) / this.#pieces.length)
  }
}
