import { parseDuration, type Clock, type Milliseconds, type Waiter } from '../clock/index.ts'
import { hashHex, type KeyedRandom } from '../random/index.ts'
import type { Trace } from '../trace/index.ts'
import { refusalOf } from './admission.ts'
import { Arrivals } from './arrival.ts'
import { Bag } from './bag.ts'
import type { Answer, CallRequest } from './call.ts'
import type { ProviderConfig } from './config.ts'
import { scopeOfToday, type CallScope } from './call-scope.ts'
import { configOfToday } from './former-names.ts'
import { EarlyEnd } from './early-end.ts'
import { FaultChance, MAX_REMEMBERED, type FailingNext, type ScheduledFault } from './fault-chance.ts'
import type { ResolvedFaultWindow } from './fault-windows.ts'
import { FAULTS, type Fault, type FaultKind } from './faults/index.ts'
import { Gate } from './gate.ts'
import { IdempotentRequests } from './idempotency.ts'
import { Ledger } from './ledger.ts'
import { CallEnds } from './lifecycle.ts'
import { ModelCatalogue } from './models.ts'
import { waitText, type OpenCall } from './open-call.ts'
import { checkFailNext, providerOptions } from './options/config.ts'
import type { Persona } from './personas.ts'
import { isCall, REFUSAL_MS, refusedEvent, type RefusedRequest } from './refused.ts'
import { Replies } from './replies.ts'
import type { ReplyRule } from './reply-rules.ts'
import { Retries } from './retries.ts'
import { ReplyOrigins } from './reply-origins.ts'
import { Services } from './service.ts'
import { Settings } from './settings.ts'
import type { StuckList } from './stuck-lists.ts'
import { Threads } from './threads.ts'
import { Timings } from './timing.ts'
import { promptTokens, tokenizerFor } from './tokens.ts'
import { Work } from './work.ts'

/** What a provider stands on. */
export interface ProviderDependencies {
  clock: Clock
  trace: Trace
  random: KeyedRandom
  /**
   * What ids of answers and requests are made of, beside their number. Default: the seed, so that they are the same in each run. A
   * server that is started again gives another one, as its clients may keep ids.
   */
  ids?: string
  /** Whether the trace keeps the texts of prompts and answers. Default false. */
  contents?: boolean
}

/** A call that the provider has taken. */
export interface AcceptedCall {
  /** Number of the call in the run, from 1. */
  readonly id: number
  /** For how long the client tries to connect in vain, if no connection is made. */
  readonly connectingMs: Milliseconds | undefined
  /** The client has gone away: work stops, and what was done is billed. */
  disconnect(): void
}

const DEFAULT_RETRY_AFTER = '1s'

/**
 * The simulated service: takes calls, waits on the clock, and answers. Knows no HTTP.
 * It counts calls, tokens and money itself, so that claims of the system under test can be held against it.
 */
export class Provider {
  /** What is billed. */
  readonly ledger = new Ledger()
  /** The configuration that was given to the provider. */
  readonly config: ProviderConfig
  /** The clock that times latency, limits and fault windows. */
  readonly clock: Clock
  /** The trace to which the provider writes its events. */
  readonly trace: Trace
  readonly #ids: string
  readonly #settings: Settings
  readonly #models: ModelCatalogue
  readonly #chance: FaultChance
  readonly #replies: Replies
  readonly #idempotent: IdempotentRequests
  readonly #open = new Bag<OpenCall>()
  readonly #arrivals: Arrivals
  readonly #timings: Timings
  readonly #early: EarlyEnd
  readonly #work: Work
  readonly #ends: CallEnds
  /**
   * Holds back the requests of a run that is about to stop.
   *
   * @internal
   */
  readonly gate = new Gate()
  #calls = 0
  #requestIds = 0

  /**
   * @throws InvalidProviderConfigError naming the option that cannot be
   * @internal
   */
  constructor(
    config: ProviderConfig,
    { clock, trace, random, ids = String(random.seed), contents = false }: ProviderDependencies,
  ) {
    providerOptions(config, 'provider')
    this.config = configOfToday(config)
    this.clock = clock
    this.trace = trace
    this.#ids = ids
    this.#settings = new Settings(this.config)
    this.#models = new ModelCatalogue(config.models ?? {})
    this.#chance = new FaultChance(this.#settings.faults(), random)
    this.#replies = new Replies(this.#settings.rules(), random)
    this.#idempotent = new IdempotentRequests(clock)
    this.#timings = new Timings(this.#settings, random)
    const services = new Services(this.#settings)
    const open = this.#open
    const known = { retries: new Retries(), origins: new ReplyOrigins(), threads: new Threads() }
    this.#arrivals = new Arrivals({
      clock,
      trace,
      contents,
      identify: config.identify,
      models: this.#models,
      services,
      open,
      ...known,
    })
    this.#ends = new CallEnds({ clock, trace, contents, ledger: this.ledger, open, ...known })
    this.#early = new EarlyEnd(this.#ends, clock, parseDuration(config.retryAfter ?? DEFAULT_RETRY_AFTER))
    this.#work = new Work({
      lifecycle: this.#ends,
      early: this.#early,
      clock,
      trace,
      ids: this.#ids,
      replies: this.#replies,
      timings: this.#timings,
    })
  }

  /**
   * Lets the next `count` calls fail with `fault`. These faults precede faults by chance.
   *
   * @throws InvalidProviderConfigError for a fault that is not known
   * @example
   * ```ts
   * provider.failNext(3, 'overloaded', { agent: 'planner' })
   * ```
   */
  failNext(count: number, fault: Fault, scope: CallScope = {}): void {
    checkFailNext(count, fault, scope)
    this.#chance.failNext(count, fault, scopeOfToday(scope))
  }

  /**
   * The calls that failed by chance or by the schedule of the configuration; undefined if there are too many to
   * remember.
   */
  get injected(): readonly ScheduledFault[] | undefined {
    const { injected } = this.#chance
    return injected.length < MAX_REMEMBERED ? injected : undefined
  }

  /** The calls in progress. */
  get openCalls(): number {
    return this.#open.size
  }

  /**
   * Times with their own faults.
   *
   * @internal
   */
  get windows(): readonly ResolvedFaultWindow[] {
    return this.#settings.windows
  }

  /**
   * What `failNext` asked for, and no call has met so far.
   *
   * @internal
   */
  get unmetFailures(): readonly FailingNext[] {
    return this.#chance.unmet
  }

  /**
   * Faults of the schedule whose call has not come so far.
   *
   * @internal
   */
  get unreachedFaults(): readonly ScheduledFault[] {
    return this.#chance.unreached
  }

  /** The reply rules that have answered no call so far. */
  get unusedReplies(): readonly ReplyRule[] {
    return this.#replies.unused
  }

  /**
   * Lists of replies that never came past their first reply, though many calls got it.
   *
   * @internal
   */
  get stuckReplies(): readonly StuckList[] {
    return this.#replies.stuck
  }

  /**
   * An id for a request that no call has: unique, and the same for the same seed.
   *
   * @internal
   */
  requestId(): string {
    return hashHex(`${this.#ids}\u0000request/${(this.#requestIds += 1)}`)
  }

  /**
   * The models of a service, as far as they are known.
   *
   * @internal
   */
  modelsOf(service: string): readonly { id: string; contextWindow: number }[] {
    return this.#models.all(service)
  }

  /**
   * Input tokens of a call, were it made.
   *
   * @internal
   */
  countTokens(request: CallRequest): number {
    return promptTokens(request, tokenizerFor(request.provider, request.model)).at(-1) ?? 0
  }

  /**
   * A model of a service, by any of its names: what calls are held to.
   *
   * @internal
   */
  modelOf(service: string, id: string): { id: string; contextWindow: number } | undefined {
    return this.#models.find(service, id)
  }

  /** The persona of an agent, generated from the name and the seed. */
  persona(agent: string): Persona {
    return this.#replies.persona(agent)
  }

  /**
   * Takes a call. `receive` gets the answer, part by part, when the clock says so; never before this returns.
   *
   * @param header what the `x-longhaul-agent` header says
   * @internal
   */
  accept(request: CallRequest, receive: (answer: Answer) => void, header?: string): AcceptedCall {
    const key = request.stream ? undefined : this.#settings.idempotencyKey(request)
    if (key !== undefined) return this.#acceptOnce(key, request, receive, header)
    return this.#acceptAnew(request, receive, header)
  }

  /** Takes a call with an idempotency key: the first one is worked on, the others get its answer. */
  #acceptOnce(key: string, request: CallRequest, receive: (answer: Answer) => void, header?: string): AcceptedCall {
    const leave = (): void => {
      const left = this.#idempotent.leave(key, receive)
      if (left !== undefined) this.trace.append({ type: 'call.left', call: left })
    }
    const before = this.#idempotent.join(key, receive)
    if (before !== undefined) {
      this.trace.append({ type: 'call.replayed', call: before })
      return { id: before, connectingMs: undefined, disconnect: leave }
    }
    const call = this.#acceptAnew(request, this.#idempotent.keep(key, this.#calls + 1, receive), header)
    const disconnect = (): void => {
      leave()
      // An answer that has stalled is kept for nobody.
      if (!this.#idempotent.has(key, call.id)) call.disconnect()
    }
    return { id: call.id, connectingMs: call.connectingMs, disconnect }
  }

  #acceptAnew(request: CallRequest, receive: (answer: Answer) => void, header?: string): AcceptedCall {
    const call = this.#arrivals.take((this.#calls += 1), request, receive, header)
    const refused = refusalOf(call, this.clock.now())
    if (refused) this.#early.refuse(call, refused, REFUSAL_MS)
    else this.#begin(call)
    return new Accepted(call, this.#ends)
  }

  /** Asks chance what befalls a call, and sends it on its way. */
  #begin(call: OpenCall): void {
    const { request, caller, nth } = call
    const { provider, model } = request
    const now = this.clock.now()
    const { fault, slowFactor, until } = this.#chance.decide({ agent: caller.agent, model, provider, nth, at: now })
    const { latencyScale = 1 } = this.config
    call.scale = slowFactor * latencyScale
    if (fault === undefined) return this.#work.enter(call)
    const kind = kindOf(fault, request)
    call.fault = { name: fault, kind, until }
    const at = typeof kind.at === 'number' ? kind.at : kind.at({ slowFactor: this.#settings.slowFactor })
    if (kind.billed) {
      call.scale = slowFactor * at * latencyScale
      return this.#work.enter(call)
    }
    if (kind.atDoor && request.detached) return this.#early.end(call, kind.ending, kind.afterMs ?? REFUSAL_MS)
    const afterMs = kind.afterMs ?? Math.round(this.#timings.of(call, 0).totalMs * at)
    return this.#early.end(call, kind.ending, afterMs)
  }

  /**
   * Puts a request into the trace that was refused before it became a call: by a simulated service, or as nothing simulates
   * what it asks for. The mount answers it.
   *
   * @internal
   */
  refuse(request: RefusedRequest): void {
    const call = isCall(request) ? (this.#calls += 1) : null
    this.trace.append(refusedEvent(request, call))
  }

  /**
   * Who waits for what, for the deadlock report.
   *
   * @internal
   */
  waiters(): Waiter[] {
    const calls = [...this.#open].toSorted((a, b) => a.id - b.id)
    return calls.map(({ id, caller, request, state, fault, arrivedAt }) => ({
      who: `agent ${caller.agent}`,
      what: `call ${id} to ${request.model}, ${waitText({ state, fault })}`,
      since: arrivedAt,
      agent: caller.agent,
    }))
  }
}

/** A call as its client holds it. */
class Accepted implements AcceptedCall {
  readonly #call: OpenCall
  readonly #ends: CallEnds

  constructor(call: OpenCall, ends: CallEnds) {
    this.#call = call
    this.#ends = ends
  }

  get id(): number {
    return this.#call.id
  }

  get connectingMs(): Milliseconds | undefined {
    return this.#call.fault?.kind.afterMs
  }

  disconnect(): void {
    this.#ends.disconnect(this.#call)
  }
}

/** What a fault is for a request. */
function kindOf(fault: Fault, { stream }: CallRequest): FaultKind {
  const kind: FaultKind = FAULTS[fault]
  return stream ? kind : (kind.unstreamed ?? kind)
}
