import { parseDuration, type Clock, type Milliseconds, type Waiter } from '../clock/index.ts'
import { costOf } from '../money/index.ts'
import { hashHex, type KeyedRandom } from '../random/index.ts'
import { NO_USAGE, type EventBody, type Trace, type Usage } from '../trace/index.ts'
import { Bag } from './bag.ts'
import type { Answer, CallRequest, Damage, Refusal, Reply } from './call.ts'
import { callerOf, runInForce, type Caller } from './callers.ts'
import { composeReply } from './compose.ts'
import { checkConfig, type ProviderConfig } from './config.ts'
import {
  Faults,
  FAULTS,
  MOST_REMEMBERED,
  type Fault,
  type FaultDecision,
  type ScheduledFault,
  type Scope,
} from './faults.ts'
import { IdempotentRequests } from './idempotency.ts'
import { timingOfSpeed, timingOfTotal, type Timing } from './latency.ts'
import { Ledger } from './ledger.ts'
import { Line } from './line.ts'
import { ModelCatalogue } from './models.ts'
import { refusalText, usageSoFar, waitText, type OpenCall } from './open-call.ts'
import { piecesOf } from './pieces.ts'
import { PromptCache } from './prompt-cache.ts'
import { RateLimiter } from './rate-limits.ts'
import { isCall, REFUSAL_MS, refusedEvent, type RefusedRequest } from './refused.ts'
import { Replies, type Contents, type Persona, type ReplyRule } from './replies.ts'
import { Retries } from './retries.ts'
import { MOST_HELD, Said } from './said.ts'
import { Settings } from './settings.ts'
import { Threads } from './threads.ts'
import { promptTokens, tokenizerFor } from './tokens.ts'
import { unofferedTools } from './unoffered.ts'

/** What a provider stands on. */
export interface ProviderSurroundings {
  clock: Clock
  trace: Trace
  random: KeyedRandom
}

/** A call that the provider has taken. */
export interface AcceptedCall {
  /** Number of the call in the run, from 1. */
  readonly id: number
  /** The client has gone away: work stops, and what was done is billed. */
  disconnect(): void
}

/** The share of an answer that comes before a connection breaks. */
const BROKEN_AT = 0.5

const DAMAGES: Partial<Record<Fault, Damage>> = {
  reset_midway: 'reset',
  truncated: 'truncated',
  malformed_json: 'malformed',
}

/** Faults that show before the model has worked, and cost nothing. */
type EarlyFault = { [Name in Fault]: (typeof FAULTS)[Name]['billed'] extends false ? Name : never }[Fault]
const isEarly = (fault: Fault): fault is EarlyFault => !FAULTS[fault].billed

interface Service {
  limiter: RateLimiter
  line: Line
  cache: PromptCache
}

/**
 * The simulated service: takes calls, waits on the clock, and answers. Knows no HTTP.
 * It counts calls, tokens and money itself, so that claims of the system under test can be held against it.
 */
export class Provider {
  /** What is billed. */
  readonly ledger = new Ledger()
  readonly config: ProviderConfig
  readonly clock: Clock
  readonly trace: Trace
  readonly #random: KeyedRandom
  readonly #settings: Settings
  readonly #models: ModelCatalogue
  readonly #faults: Faults
  readonly #replies: Replies
  readonly #services = new Map<string, Service>()
  readonly #idempotent: IdempotentRequests
  readonly #callsOfAgent = new Map<string, number>()
  readonly #retries = new Retries()
  readonly #said = new Said()
  readonly #threads = new Threads()
  readonly #open = new Bag<OpenCall>()
  #calls = 0
  #requestIds = 0

  /** @throws InvalidProviderConfigError */
  constructor(config: ProviderConfig, { clock, trace, random }: ProviderSurroundings) {
    checkConfig(config)
    this.config = config
    this.clock = clock
    this.trace = trace
    this.#random = random
    this.#settings = new Settings(config)
    this.#idempotent = new IdempotentRequests(clock)
    this.#models = new ModelCatalogue(config.models ?? {})
    this.#faults = new Faults(this.#settings.faults(), random)
    this.#replies = new Replies(this.#settings.rules(), random)
  }

  /**
   * The next `count` calls fail with `fault`, before chance is asked.
   *
   * @example
   * ```ts
   * provider.failNext(3, 'overloaded', { agent: 'planner' })
   * ```
   */
  failNext(count: number, fault: Fault, scope: Scope = {}): void {
    this.#faults.failNext(count, fault, scope)
  }

  /** Calls that chance, or the schedule of the configuration, has let fail; nothing where they are too many to be remembered. */
  get injected(): readonly ScheduledFault[] | undefined {
    const { injected } = this.#faults
    return injected.length < MOST_REMEMBERED ? injected : undefined
  }

  /** Calls without an end so far. */
  get openCalls(): number {
    return this.#open.size
  }

  /** Reply rules that have answered nobody so far. */
  get unusedReplies(): readonly ReplyRule[] {
    return this.#replies.unused
  }

  /** An id for a request that no call has: unique, and the same for the same seed. */
  requestId(): string {
    return hashHex(`${this.#random.seed}\u0000request/${(this.#requestIds += 1)}`)
  }

  /** The models of a service, as far as they are known. */
  modelsOf(service: string): readonly { id: string; contextWindow: number }[] {
    return this.#models.all(service)
  }

  /** Input tokens of a call, were it made. */
  countTokens(request: CallRequest): number {
    return promptTokens(request, tokenizerFor(request.provider, request.model)).at(-1) ?? 0
  }

  /** Whether a service has a model, by any of its names. */
  hasModel(service: string, id: string): boolean {
    return this.#models.find(service, id) !== undefined
  }

  /** Who an agent is: made up from its name and the seed. */
  persona(agent: string): Persona {
    return this.#replies.persona(agent)
  }

  /**
   * Takes a call. `receive` gets the answer, part by part, when the clock says so; never before this returns.
   *
   * @param header what the `x-longhaul-agent` header says
   */
  accept(request: CallRequest, receive: (answer: Answer) => void, header?: string): AcceptedCall {
    const key = request.stream ? undefined : this.#settings.idempotencyKey(request)
    if (key !== undefined) return this.#acceptOnce(key, request, receive, header)
    return this.#acceptAnew(request, receive, header)
  }

  /** Takes a call with an idempotency key: the first one is worked on, the others get its answer. */
  #acceptOnce(key: string, request: CallRequest, receive: (answer: Answer) => void, header?: string): AcceptedCall {
    const disconnect = (): void => {
      const left = this.#idempotent.leave(key, receive)
      if (left !== undefined) this.trace.append({ type: 'call.left', call: left })
    }
    const before = this.#idempotent.join(key, receive)
    if (before !== undefined) {
      this.trace.append({ type: 'call.replayed', call: before })
      return { id: before, disconnect }
    }
    const { id } = this.#acceptAnew(request, this.#idempotent.keep(key, this.#calls + 1, receive), header)
    return { id, disconnect }
  }

  #acceptAnew(request: CallRequest, receive: (answer: Answer) => void, header?: string): AcceptedCall {
    const call = this.#arrive(request, header)
    const refused = this.#refusalOf(call)
    if (refused) this.#refuse(call, refused, REFUSAL_MS, receive)
    else this.#begin(call, receive)
    return { id: call.id, disconnect: () => this.#disconnect(call) }
  }

  /**
   * Puts a request into the trace that was refused before it became a call: by a simulated service, or as nothing simulates
   * what it asks for. The mount answers it.
   *
   * @example
   * ```ts
   * provider.refuse({ host: 'api.x.ai', method: 'POST', path: '/v1/chat', status: null, reason: 'outside', message: 'Nothing answers.' })
   * ```
   */
  refuse(request: RefusedRequest): void {
    const call = isCall(request) ? (this.#calls += 1) : null
    this.trace.append(refusedEvent(request, call))
  }

  /** Who waits for what, for the deadlock report. */
  waiters(): Waiter[] {
    const calls = [...this.#open].toSorted((a, b) => a.id - b.id)
    return calls.map(({ id, caller, request, state, arrivedAt }) => ({
      who: `agent ${caller.agent}`,
      what: `call ${id} to ${request.model}, ${waitText(state)}`,
      since: arrivedAt,
      agent: caller.agent,
    }))
  }

  #arrive(request: CallRequest, header: string | undefined): OpenCall {
    const caller = callerOf(request, header, this.config.identify)
    const nth = this.#callsOfAgent.get(caller.agent) ?? 0
    this.#callsOfAgent.set(caller.agent, nth + 1)
    const id = (this.#calls += 1)
    const now = this.clock.now()
    const model = this.#models.find(request.catalogue ?? request.provider, request.model)
    const cumulative = model ? promptTokens(request, tokenizerFor(request.provider, model.id)) : []
    const input = cumulative.at(-1) ?? 0
    const cache = model
      ? this.#service(request.provider).cache.use(request, cumulative, now)
      : { cachedInput: 0, cacheWrite: 0 }

    const content = contentOf(caller, request)
    const before = this.#retries.arrived(content, {
      retryCount: request.retryCount,
      now,
      hasSiblings: () => this.#isUnderWay(content),
    })
    const attempt = Math.max(before ? before.attempt + 1 : 1, request.retryCount + 1)
    const { provider, operation, stream } = request
    const cause = this.#said.find(request.messages.findLast(({ role }) => role === 'user')?.text ?? '')
    const { prompt, continues, from } = this.#threads.find(caller.conversation, request.messages)
    // What came before was read when it was asked.
    const holds = joinHeld(continues, this.#said.heldIn(request.messages.slice(from)))
    const run = runInForce()
    const arrived: Extract<EventBody, { type: 'call.arrived' }> = {
      type: 'call.arrived',
      call: id,
      ...caller,
      provider,
      model: request.model,
      operation,
      stream,
      inputTokens: input,
      attempt,
      request: request.fingerprint,
    }
    // Not spread into it: on each call, what is left out would cost more than all that is there.
    if (caller.turn > 1) arrived.prompt = prompt
    if (continues) arrived.continues = continues.call
    if (holds.length > 0) arrived.holds = holds
    if (run !== undefined) arrived.run = run
    const seq = this.trace.append(arrived, cause === undefined ? [] : [cause])
    if (before)
      this.trace.append({ type: 'call.retried', call: id, of: before.call, afterMs: now - before.at }, [
        before.seq,
        seq,
      ])

    const call: OpenCall = {
      id,
      seq,
      request,
      caller,
      content,
      nth,
      attempt,
      prompt,
      holds,
      model,
      arrivedAt: now,
      input: { input, ...cache },
      state: { kind: 'refused' },
      closed: false,
      isRead: false,
      release: undefined,
      cleanup: [],
      place: 0,
    }
    this.#open.add(call)
    return call
  }

  /** Whether the same is being asked by a call under way. */
  #isUnderWay(content: string): boolean {
    for (const call of this.#open) if (call.content === content) return true
    return false
  }

  /** What stands against a call before chance is asked. */
  #refusalOf(call: OpenCall): Refusal | undefined {
    const { request, model, input } = call
    if (!model) return { kind: 'model_not_found', model: request.model }
    if (input.input > model.contextWindow) {
      return { kind: 'context_length', tokens: input.input, contextWindow: model.contextWindow }
    }
    const { limiter } = this.#service(request.provider)
    const limited = limiter.admit(input.input, this.clock.now())
    if (limited) return { kind: 'rate_limited', ...limited }
    call.release = (outputTokens) => limiter.release(outputTokens, this.clock.now())
    return undefined
  }

  /** The refusal that a fault asks for. */
  #refusal(kind: 'rate_limited' | 'overloaded' | 'server_error' | 'bad_gateway'): Refusal {
    const retryAfterMs = parseDuration(this.config.retryAfter ?? '1s')
    if (kind === 'rate_limited') return { kind, limit: 'requests', retryAfterMs }
    return kind === 'overloaded' ? { kind, retryAfterMs } : { kind }
  }

  #begin(call: OpenCall, receive: (answer: Answer) => void): void {
    const { request, caller, nth } = call
    const model = call.model!
    const subject = { agent: caller.agent, model: request.model, provider: request.provider, nth, at: this.clock.now() }
    const decision = this.#faults.decide(subject)
    const scale = decision.slowFactor * (this.config.latencyScale ?? 1)
    const distribution =
      request.dimensions === undefined
        ? this.#settings.latencyOf(subject, model)
        : this.#settings.embeddingLatency(request.model)
    const timingOf = (outputTokens: number): Timing => {
      const u = distribution?.kind === 'constant' ? 0 : this.#random.draw(`latency/${caller.agent}`, nth)
      if (distribution) return timingOfTotal(stretch(distribution.quantile(u), scale))
      const { timeToFirstToken, tokensPerSecond } = model.speed!
      return timingOfSpeed(
        stretch(this.#settings.distribution(timeToFirstToken).quantile(u), scale),
        tokensPerSecond / scale,
        outputTokens,
      )
    }
    const { fault } = decision
    if (fault && isEarly(fault)) this.#failEarly(call, fault, timingOf(0).totalMs, receive)
    else this.#enterLine(call, decision, timingOf, receive)
  }

  #failEarly(call: OpenCall, fault: EarlyFault, totalMs: Milliseconds, receive: (answer: Answer) => void): void {
    if (fault === 'hang') {
      call.state = { kind: 'hanging' }
      return
    }
    const afterMs = Math.round(totalMs * FAULTS[fault].at)
    if (fault === 'reset') {
      this.#after(call, afterMs, () => {
        this.#fail(call, fault, 'The connection was reset before an answer.', NO_USAGE)
        receive({ kind: 'reset' })
      })
    } else this.#refuse(call, this.#refusal(fault), afterMs, receive)
  }

  #refuse(call: OpenCall, refusal: Refusal, afterMs: Milliseconds, receive: (answer: Answer) => void): void {
    this.#after(call, afterMs, () => {
      const retryAfterMs = 'retryAfterMs' in refusal ? refusal.retryAfterMs : null
      this.#fail(call, refusal.kind, refusalText(refusal), NO_USAGE, retryAfterMs)
      receive({ kind: 'refusal', refusal, model: call.request.model, limits: this.#limits(call) })
    })
  }

  #enterLine(
    call: OpenCall,
    decision: FaultDecision,
    timingOf: (outputTokens: number) => Timing,
    receive: (answer: Answer) => void,
  ): void {
    call.state = { kind: 'queued' }
    const work = (contents: Contents): void => {
      if (!call.closed) this.#work(call, decision.fault, contents, timingOf, receive)
    }
    const leave = this.#service(call.request.provider).line.enter(() => {
      const waitedMs = this.clock.now() - call.arrivedAt
      if (waitedMs > 0) this.trace.append({ type: 'call.dequeued', call: call.id, waitedMs }, [call.seq])
      if (call.request.dimensions !== undefined) return work(NO_CONTENT)
      try {
        const contents = this.#replies.contentsFor(call.request, call.caller, call.nth)
        if (contents instanceof Promise) contents.then(work, (error: unknown) => this.#replyThrew(call, error, receive))
        else work(contents)
      } catch (error) {
        this.#replyThrew(call, error, receive)
      }
    })
    call.cleanup.push(leave)
  }

  /** The user's reply function threw: the client sees a server error, the trace says why. */
  #replyThrew(call: OpenCall, error: unknown, receive: (answer: Answer) => void): void {
    const message = `The reply function threw: ${error instanceof Error ? error.message : String(error)}`
    this.trace.append({ type: 'note', text: message }, [call.seq])
    this.#refuse(call, { kind: 'server_error', message }, REFUSAL_MS, receive)
  }

  #work(
    call: OpenCall,
    fault: Fault | undefined,
    contents: Contents,
    timingOf: (outputTokens: number) => Timing,
    receive: (answer: Answer) => void,
  ): void {
    const reply = composeReply(call.request, contents, {
      id: hashHex(`${this.#random.seed}\u0000${call.id}`),
      createdAt: this.clock.epoch + this.clock.now(),
      fault,
      input: call.input,
    })
    for (const tool of unofferedTools(
      call.request,
      reply.choices.flatMap(({ toolCalls }) => toolCalls),
    )) {
      const offered = call.request.tools.map(({ name }) => name)
      this.trace.append({ type: 'setUp.toolNotOffered', call: call.id, tool, offered }, [call.seq])
    }
    // Choices are generated at the same time.
    const timing = timingOf(Math.max(...reply.choices.map(({ tokens }) => tokens)))
    const since = this.clock.now()
    call.state = { kind: 'working', since, timing, reply }
    const damage = fault && DAMAGES[fault]
    const broken = (damage === 'reset' || damage === 'truncated') && Number.isFinite(timing.totalMs)
    const share = broken ? BROKEN_AT : 1
    const endMs = broken ? timing.firstTokenMs + (timing.totalMs - timing.firstTokenMs) * share : timing.totalMs
    const end = (): void => {
      const usage = broken ? { ...reply.usage, output: Math.ceil(reply.usage.output * share) } : reply.usage
      if (damage)
        this.#fail(call, fault, `The answer was ${damage === 'reset' ? 'cut off by a reset' : damage}.`, usage)
      else this.#complete(call, fault, reply)
    }
    if (!call.request.stream) {
      this.#after(call, Math.round(endMs), () => {
        end()
        receive({ kind: 'whole', reply, limits: this.#limits(call), damage })
      })
      return
    }
    this.#stream(call, reply, timing, Math.round(endMs), { receive, end, damage })
  }

  /** Sends head, pieces and tail, each from its own timer, so that what is slow can be seen to be slow. */
  #stream(
    call: OpenCall,
    reply: Reply,
    timing: Timing,
    endMs: Milliseconds,
    { receive, end, damage }: { receive: (answer: Answer) => void; end: () => void; damage: Damage | undefined },
  ): void {
    const pieces = piecesOf(reply)
    const generatingMs = timing.totalMs - timing.firstTokenMs
    const start = this.clock.now()
    const send = (index: number): void => {
      if (index === 0) {
        this.trace.append({ type: 'call.firstToken', call: call.id, afterMs: this.clock.now() - call.arrivedAt }, [
          call.seq,
        ])
        call.isRead = true
        receive({ kind: 'head', reply, limits: this.#limits(call) })
      }
      const piece = pieces[index]
      if (piece) receive({ kind: 'piece', reply, piece })
      const next = timing.firstTokenMs + Math.round((generatingMs * (index + 1)) / Math.max(1, pieces.length))
      const passed = this.clock.now() - start
      if (index + 1 < pieces.length && next < endMs) this.#after(call, next - passed, () => send(index + 1))
      else
        this.#after(call, endMs - passed, () => {
          end()
          receive({ kind: 'tail', reply, damage })
        })
    }
    this.#after(call, timing.firstTokenMs, () => send(0))
  }

  #complete(call: OpenCall, fault: Fault | undefined, { usage, choices }: Reply): void {
    const cost = this.#book(call, usage, 'completed')
    const afterMs = this.clock.now() - call.arrivedAt
    const { finish } = choices[0]
    const body = { type: 'call.ended', call: call.id, afterMs, finish, fault: fault ?? null, usage, cost } as const
    const seq = this.trace.append(body, [call.seq])
    for (const { text } of choices) this.#said.add(text, seq, call.id)
    this.#threads.answered(call.prompt, { call: call.id, holds: call.holds })
    this.#retries.answered(call.content, call.arrivedAt, this.clock.now())
  }

  #fail(call: OpenCall, fault: string, message: string, usage: Usage, retryAfterMs: Milliseconds | null = null): void {
    const cost = this.#book(call, usage, 'failed')
    const now = this.clock.now()
    const seq = this.trace.append(
      { type: 'call.failed', call: call.id, afterMs: now - call.arrivedAt, fault, message, retryAfterMs, usage, cost },
      [call.seq],
    )
    // Who goes away with a part of a stream, or when another call has brought the answer, has what it wanted.
    if (fault === 'disconnected' && (call.isRead || this.#retries.isAnsweredSince(call.content, call.arrivedAt))) return
    const { id, attempt, content, request } = call
    this.#retries.failed(content, { call: id, seq, at: now, retryAfterMs, attempt, retryCount: request.retryCount })
  }

  #book(call: OpenCall, usage: Usage, status: 'completed' | 'failed'): number {
    call.closed = true
    const whole = call.model ? costOf(usage, call.model.prices) : 0
    const cost = call.request.batch ? Math.round(whole / 2) : whole
    const { agent } = call.caller
    this.ledger.book({ agent, model: call.request.model, provider: call.request.provider, usage, cost, status })
    this.#open.delete(call)
    call.release?.(usage.output)
    // Emptied, so that what outlives the call (its handle at the client) does not keep all that answered it.
    for (let undo = call.cleanup.pop(); undo; undo = call.cleanup.pop()) undo()
    call.release = undefined
    return cost
  }

  #disconnect(call: OpenCall): void {
    if (call.closed) return
    this.#fail(call, 'disconnected', 'The client went away.', usageSoFar(call, this.clock.now()))
  }

  #after(call: OpenCall, delay: Milliseconds, action: () => void): void {
    call.cleanup.push(
      this.clock.after(delay, () => {
        if (!call.closed) action()
      }),
    )
  }

  #limits(call: OpenCall) {
    return this.#service(call.request.provider).limiter.states(this.clock.now(), this.clock.epoch)
  }

  #service(name: string): Service {
    let service = this.#services.get(name)
    if (!service) {
      service = {
        limiter: new RateLimiter(this.#settings.ofService('rateLimits', name) ?? {}),
        line: new Line(this.#settings.ofService('concurrency', name) ?? Number.POSITIVE_INFINITY),
        cache: new PromptCache(),
      }
      this.#services.set(name, service)
    }
    return service
  }
}

/** The same for calls in which somebody asks the same; who gives a key says itself what is the same. */
const contentOf = (caller: Caller, request: CallRequest): string =>
  `${caller.agent}\u0000${request.fingerprint}\u0000${request.idempotencyKey ?? ''}`

/** The calls whose answers a prompt holds: those of the call that it goes on with, that call, and new ones. */
const joinHeld = (continues: { call: number; holds: readonly number[] } | undefined, held: readonly number[]) =>
  continues ? [...new Set([...continues.holds, continues.call, ...held])].slice(-MOST_HELD) : held

const NO_CONTENT: Contents = [{ text: '', toolCalls: [], finish: 'stop', usage: {} }]

/** A factor on a latency that may be infinite. */
const stretch = (ms: Milliseconds, factor: number): Milliseconds => (Number.isFinite(ms) ? ms * factor : ms)
