import type { Clock } from '../clock/index.ts'
import type { EventBody, Trace } from '../trace/index.ts'
import type { Bag } from './bag.ts'
import type { Answer, CallRequest } from './call.ts'
import { callerOf, runInForce, type Caller, type Identify } from './callers.ts'
import type { ModelCatalogue } from './models.ts'
import type { OpenCall } from './open-call.ts'
import type { Retries } from './retries.ts'
import { MAX_HELD, type ReplyOrigins } from './reply-origins.ts'
import type { Services } from './service.ts'
import type { Threads } from './threads.ts'
import { repeatedSteps } from './tool-steps.ts'
import { promptTokens, tokenizerFor } from './tokens.ts'
import { withinWindow } from './within-window.ts'

const NO_TOKENS: readonly number[] = []
const NOT_CACHED = { cachedInput: 0, cacheWrite: 0 }

/** Callers whose calls are counted; the first of them is forgotten where there are more. */
const MAX_CALLERS = 20_000

/** Takes calls in: tells who calls, what it goes on with and what it repeats, and counts its prompt. */
export class Arrivals {
  readonly #clock: Clock
  readonly #trace: Trace
  readonly #keepsContents: boolean
  readonly #identify: Identify | undefined
  readonly #models: ModelCatalogue
  readonly #services: Services
  readonly #open: Bag<OpenCall>
  readonly #retries: Retries
  readonly #origins: ReplyOrigins
  readonly #threads: Threads
  readonly #callsOfAgent = new Map<string, number>()

  constructor(parts: {
    clock: Clock
    trace: Trace
    contents: boolean
    identify: Identify | undefined
    models: ModelCatalogue
    services: Services
    open: Bag<OpenCall>
    retries: Retries
    origins: ReplyOrigins
    threads: Threads
  }) {
    this.#clock = parts.clock
    this.#trace = parts.trace
    this.#keepsContents = parts.contents
    this.#identify = parts.identify
    this.#models = parts.models
    this.#services = parts.services
    this.#open = parts.open
    this.#retries = parts.retries
    this.#origins = parts.origins
    this.#threads = parts.threads
  }

  /**
   * Takes in a call, and puts it into the trace.
   *
   * @param header what the `x-longhaul-agent` header says
   */
  take(id: number, asked: CallRequest, receive: (answer: Answer) => void, header: string | undefined): OpenCall {
    const model = this.#models.find(asked.catalogue ?? asked.provider, asked.model)
    const request = model && asked.dropsOldest ? withinWindow(asked, model) : asked
    const caller = callerOf(request, header, this.#identify)
    const nth = this.#callsOfAgent.get(caller.agent) ?? 0
    if (nth === 0 && this.#callsOfAgent.size >= MAX_CALLERS)
      this.#callsOfAgent.delete(this.#callsOfAgent.keys().next().value!)
    this.#callsOfAgent.set(caller.agent, nth + 1)
    const now = this.#clock.now()
    const { provider, operation, stream, retryCount, messages } = request
    const service = this.#services.of(request)
    const cumulative = model ? promptTokens(request, tokenizerFor(provider, model.id)) : NO_TOKENS
    const input = cumulative.at(-1) ?? 0
    const cache = model ? service.cache.use(request, cumulative, now) : NOT_CACHED

    const content = contentOf(caller, request)
    const before = this.#retries.any
      ? this.#retries.arrived(content, { retryCount, now, hasSiblings: () => this.#isUnderWay(content) })
      : undefined
    const attempt = Math.max(before ? before.attempt + 1 : 1, retryCount + 1)
    const cause = this.#origins.find(questionIn(messages))
    const { prompt, continues, from, overtakes, repeats } = this.#threads.find(caller.conversation, messages)
    // What came before was read when it was asked.
    const holds = joinHeld(continues, this.#origins.heldIn(messages.slice(from)))
    // Texts to embed, and prompts that are sent together, do not follow each other.
    const isTalk = request.dimensions === undefined && !request.separate
    const questions = questionsAtEnd(messages)
    const steps = repeatedSteps(messages)
    const run = runInForce()
    const arrived: Extract<EventBody, { type: 'call.arrived' }> = {
      type: 'call.arrived',
      call: id,
      agent: caller.agent,
      conversation: caller.conversation,
      turn: caller.turn,
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
    if (isTalk && overtakes !== undefined) arrived.overtakes = overtakes
    if (isTalk && questions > 1) arrived.questions = questions
    if (steps) {
      arrived.repeated = steps.times
      arrived.repeatedTools = steps.tools
    }
    if (run !== undefined) arrived.run = run
    if (this.#keepsContents) arrived.messages = messages.map(({ role, text }) => ({ role, text }))
    if (request.detached || request.batch) arrived.detached = true
    if (request.ownTime) arrived.ownTime = true
    const seq = this.#trace.append(arrived, cause === undefined ? [] : [cause])
    if (before)
      this.#trace.append({ type: 'call.retried', call: id, of: before.call, afterMs: now - before.at }, [
        before.seq,
        seq,
      ])

    const call: OpenCall = {
      id,
      seq,
      request,
      receive,
      caller,
      content,
      nth,
      attempt,
      prompt,
      continues: continues?.call,
      repeats,
      holds,
      arrivedAt: now,
      service,
      model,
      input: { input, cachedInput: cache.cachedInput, cacheWrite: cache.cacheWrite },
      fault: undefined,
      scale: 1,
      state: { kind: 'refused' },
      putBacks: [],
      closed: false,
      isRead: false,
      admitted: false,
      cancel: undefined,
      leave: undefined,
      place: 0,
    }
    this.#open.add(call)
    if (isTalk) this.#threads.asked(prompt, id)
    return call
  }

  /** Whether the same is being asked by a call under way. */
  #isUnderWay(content: string): boolean {
    for (const call of this.#open) if (call.content === content) return true
    return false
  }
}

/** How many messages of the user end a prompt, with no answer between them. */
function questionsAtEnd(messages: CallRequest['messages']): number {
  const answer = messages.findLastIndex(({ role }) => role !== 'user')
  return messages.length - 1 - answer
}

/** The text of the newest message of the user. */
function questionIn(messages: CallRequest['messages']): string {
  for (let index = messages.length - 1; index >= 0; index--)
    if (messages[index]!.role === 'user') return messages[index]!.text
  return ''
}

/** The same for calls in which somebody asks the same; who gives a key says itself what is the same. */
const contentOf = (caller: Caller, request: CallRequest): string =>
  `${caller.agent}\u0000${request.fingerprint}\u0000${request.idempotencyKey ?? ''}`

/** The calls whose answers a prompt holds: those of the call that it goes on with, that call, and new ones. */
const joinHeld = (continues: { call: number; holds: readonly number[] } | undefined, held: readonly number[]) =>
  continues ? [...new Set([...continues.holds, continues.call, ...held])].slice(-MAX_HELD) : held
