import type { Clock, Milliseconds } from '../clock/index.ts'
import { costOf } from '../money/index.ts'
import { hashHex } from '../random/index.ts'
import type { Trace } from '../trace/index.ts'
import type { Damage, Reply } from './call.ts'
import { composeReply } from './compose.ts'
import { NO_CONTENT, type Contents } from './content.ts'
import type { EarlyEnd } from './early-end.ts'
import type { FaultKind } from './faults/index.ts'
import type { Lifecycle } from './lifecycle.ts'
import { partOf, type OpenCall } from './open-call.ts'
import { REFUSAL_MS } from './refused.ts'
import type { Replies } from './replies.ts'
import { WrongReplyError } from './reply-rules.ts'
import { AnswerStream } from './stream.ts'
import type { Timings } from './timing.ts'
import { offeredTools, unofferedTools } from './unoffered.ts'

/** Works on calls: has an answer made, and sends it when it is due. */
export class Work {
  readonly #lifecycle: Lifecycle
  readonly #early: EarlyEnd
  readonly #clock: Clock
  readonly #trace: Trace
  readonly #ids: string
  readonly #replies: Replies
  readonly #timings: Timings

  constructor(parts: {
    lifecycle: Lifecycle
    early: EarlyEnd
    clock: Clock
    trace: Trace
    ids: string
    replies: Replies
    timings: Timings
  }) {
    this.#lifecycle = parts.lifecycle
    this.#early = parts.early
    this.#clock = parts.clock
    this.#trace = parts.trace
    this.#ids = parts.ids
    this.#replies = parts.replies
    this.#timings = parts.timings
  }

  /** Puts a call into the line of its service; it is worked on when its turn comes. */
  enter(call: OpenCall): void {
    call.state = { kind: 'queued' }
    const { queue } = call.service
    if (!queue) return this.#begin(call)
    call.leave = queue.enter(() => {
      const waitedMs = this.#clock.now() - call.arrivedAt
      if (waitedMs > 0) this.#trace.append({ type: 'call.dequeued', call: call.id, waitedMs }, [call.seq])
      this.#begin(call)
    })
  }

  #begin(call: OpenCall): void {
    const { request, caller, nth } = call
    if (request.dimensions !== undefined) return this.#answer(call, NO_CONTENT)
    try {
      const succeeds = call.fault === undefined || isWhole(call.fault.kind)
      const { putBacks, id, continues, repeats } = call
      const thread = { call: id, continues, repeats }
      const contents = this.#replies.contentsFor(request, caller, nth, { succeeds, putBacks, thread })
      if (!(contents instanceof Promise)) return this.#answer(call, contents)
      contents.then(
        (made) => {
          if (call.closed) return
          try {
            this.#answer(call, made)
          } catch (error) {
            this.#replyThrew(call, error)
          }
        },
        (error: unknown) => this.#replyThrew(call, error),
      )
    } catch (error) {
      this.#replyThrew(call, error)
    }
  }

  /** The user's reply function threw: the client sees a server error, the trace says why. */
  #replyThrew(call: OpenCall, error: unknown): void {
    const told = error instanceof Error ? error.message : String(error)
    const message = error instanceof WrongReplyError ? told : `The reply function threw: ${told}`
    this.#trace.append({ type: 'note', text: message }, [call.seq])
    if (!call.closed) this.#early.refuse(call, { kind: 'server_error', message }, REFUSAL_MS)
  }

  #answer(call: OpenCall, contents: Contents): void {
    const { request, fault } = call
    const now = this.#clock.now()
    const reply = composeReply(request, contents, {
      id: hashHex(`${this.#ids}\u0000${call.id}`),
      createdAt: this.#clock.epoch + now,
      fault: fault?.kind,
      input: call.input,
    })
    if (call.model) reply.cost = costOf(reply.usage, call.model.prices)
    for (const tool of unofferedTools(request, reply))
      this.#trace.append({ type: 'setUp.toolNotOffered', call: call.id, tool, offered: offeredTools(request) }, [
        call.seq,
      ])
    for (const { misfit: problem } of contents)
      if (problem !== undefined) this.#trace.append({ type: 'setUp.replyMisfit', call: call.id, problem }, [call.seq])
    // Choices are generated at the same time.
    const timing = this.#timings.of(call, maxChoiceTokens(reply))
    call.state = { kind: 'working', since: now, timing, reply }
    const { firstTokenMs, totalMs } = timing
    const share = fault && Number.isFinite(totalMs) ? (fault.kind.cut ?? 1) : 1
    const endMs = share === 1 ? totalMs : Math.round(firstTokenMs + (totalMs - firstTokenMs) * share)
    if (!request.stream) return this.#lifecycle.after(call, endMs, () => this.#send(call, reply, share))
    const dependencies = { lifecycle: this.#lifecycle, clock: this.#clock, trace: this.#trace }
    new AnswerStream(call, reply, timing, { share, endMs, end: () => this.#end(call, reply, share), ...dependencies })
  }

  /** Sends a whole answer. */
  #send(call: OpenCall, reply: Reply, share: number): void {
    const damage = this.#end(call, reply, share)
    const limits = call.service.limiter.states(this.#clock.now(), this.#clock.epoch)
    call.receive({ kind: 'whole', reply, limits, damage, ...(call.fault?.kind.fragmented && { fragmented: true }) })
  }

  /** Shows a client that waits for the rest of a stalled answer that the connection lives, for as long as it waits. */
  #ping(call: OpenCall, everyMs: Milliseconds): void {
    this.#lifecycle.after(call, everyMs, () => {
      call.receive({ kind: 'ping' })
      if (!call.closed) this.#ping(call, everyMs)
    })
  }

  /** Ends a call of whose answer a share was generated, as its fault says; a stall leaves it to the client. */
  #end(call: OpenCall, reply: Reply, share: number): Damage | undefined {
    const { fault } = call
    const kind = fault?.kind.ending.kind
    reply.endedAt = this.#clock.epoch + this.#clock.now()
    if (!fault || (kind !== 'damage' && kind !== 'stall')) {
      this.#lifecycle.complete(call, reply)
      return undefined
    }
    const usage = share === 1 ? reply.usage : partOf(reply.usage, Math.ceil(reply.usage.output * share))
    const { ending } = fault.kind
    if (ending.kind !== 'damage') {
      call.state = { kind: 'stalled', usage }
      if (ending.kind === 'stall' && ending.pingMs !== undefined) this.#ping(call, ending.pingMs)
      return 'stall'
    }
    this.#lifecycle.fail(call, { fault: fault.name, message: ending.message, usage, retryAfterMs: null })
    return ending.damage
  }
}

/** Whether the client of a call that a fault befalls gets the answer of the model as it is. */
const isWhole = ({ ending, content }: FaultKind): boolean => ending.kind === 'answer' && content === undefined

function maxChoiceTokens({ choices }: Reply): number {
  let most = 0
  for (const { tokens } of choices) if (tokens > most) most = tokens
  return most
}
