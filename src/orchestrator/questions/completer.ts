import { cockatiel } from '../../packages/index.ts'
import type { Trace } from '../../trace/index.ts'
import { Breakers } from './breaker.ts'
import type { SemanticCache } from './cache.ts'
import type { Costs } from '../money/costs.ts'
import { deadlineIn, pause } from '../service/deadline.ts'
import { CompletionError } from '../service/failures.ts'
import type { Retrying, RunState } from '../run/journal.ts'
import type { Settled } from '../settings.ts'
import { targetOf, type Target } from '../service/target.ts'
import { ask, type ChatMessage, type ReportedUsage, type WireAnswer } from '../service/client.ts'

/** A question to a model. */
export interface Question {
  agent: string
  messages: readonly ChatMessage[]
  /** The agent's own model; the default one when left out. */
  model: string | undefined
  maxTokens: number | undefined
  /** The same for the same question of the same run, also after a restart. */
  key: string | undefined
}

/** An answer, and where it comes from. */
export interface Completion {
  text: string
  refused: boolean
  /** Such as `openai/gpt-4o-mini`. */
  target: string
  /** Picodollars; 0 from the cache. */
  cost: bigint
  /** What was billed; nothing from the cache. */
  usage: ReportedUsage
  cached: boolean
}

/** How calls to one model have gone since this process began. */
export interface CallStatistics {
  total: number
  successful: number
  failed: number
  /** Of all calls that have ended. */
  latencyMs: number
  /** Unix milliseconds. */
  lastSuccess: number | null
}

/** How a model does. */
export interface TargetHealth {
  breaker: 'closed' | 'open' | 'half-open'
  recentFailures: number
  /** Until an open breaker lets a call try again. */
  opensInMs: number
  calls: CallStatistics
}

/** A request that waits for its next try. */
export interface WaitingRetry {
  agent: string
  target: string
  /** The next try, from 2. */
  attempt: number
  lastError: string
  /** Unix milliseconds. */
  nextAt: number
}

/** What survives a restart. */
type KeptTries = Pick<RunState, 'breakers' | 'requests' | 'retries' | 'notBefore' | 'retrying'>

const keyOf = (agent: string, { name }: Target): string => `${agent} ${name}`

/** Requests that may be retried whatever the budget of retries says. */
const FREE_RETRIES = 20
const NO_CALLS: CallStatistics = { total: 0, successful: 0, failed: 0, latencyMs: 0, lastSuccess: null }
const NOTHING: ReportedUsage = { input: 0, cachedInput: 0, cacheWrite: 0, output: 0 }

/**
 * Gets answers in spite of failures: retries with exponential backoff and full jitter that honour `retry-after`, a budget
 * of retries, a circuit breaker for each model, failover to other models, hedging. No try outlives the caller's signal.
 */
export class Completer {
  readonly breakers: Breakers
  readonly #settings: Settled
  readonly #costs: Costs
  readonly #cache: SemanticCache | undefined
  readonly #trace: Pick<Trace, 'append'>
  readonly #statistics = new Map<string, CallStatistics>()
  readonly waiting = new Set<WaitingRetry>()
  /** When an agent may ask a model again that has named a time. Unix milliseconds. */
  readonly #notBefore: Map<string, number>
  /** Questions whose newest try has failed, by key and model. */
  readonly #retrying = new Map<string, Retrying>()
  /** The same from before a restart, until they are asked again. */
  readonly #before: Map<string, Retrying>
  #onRetry: () => void = () => {}
  #requests = 0
  #retries = 0

  constructor(
    settings: Settled,
    {
      costs,
      cache,
      trace,
      before,
    }: {
      costs: Costs
      cache: SemanticCache | undefined
      trace: Pick<Trace, 'append'>
      /** Where it stood before a restart. */
      before?: KeptTries | undefined
    },
  ) {
    this.#settings = settings
    this.#costs = costs
    this.#cache = cache
    this.#trace = trace
    this.breakers = new Breakers(settings, trace, before?.breakers)
    this.#requests = before?.requests ?? 0
    this.#retries = before?.retries ?? 0
    this.#notBefore = new Map(Object.entries(before?.notBefore ?? {}))
    this.#before = new Map(Object.entries(before?.retrying ?? {}))
  }

  /** Calls `listener` whenever a try has failed and where that leaves the question is to be kept. */
  onRetry(listener: () => void): void {
    this.#onRetry = listener
  }

  /** Nobody waits any more for the questions whose keys begin so. */
  forget(prefix: string): void {
    for (const tries of [this.#retrying, this.#before])
      for (const key of tries.keys()) if (key.startsWith(prefix)) tries.delete(key)
  }

  /** Where it stands, as plain data. */
  save(): KeptTries {
    const now = Date.now()
    for (const [key, time] of this.#notBefore) if (time <= now) this.#notBefore.delete(key)
    return {
      breakers: this.breakers.save(),
      requests: this.#requests,
      retries: this.#retries,
      notBefore: Object.fromEntries(this.#notBefore),
      retrying: Object.fromEntries([...this.#before, ...this.#retrying]),
    }
  }

  /** How tries are repeated. Seconds. */
  get policy(): { max_attempts: number; first_delay: number; factor: number; max_delay: number } {
    const { attempts, firstDelayMs, factor, maxDelayMs } = this.#settings
    return { max_attempts: attempts, first_delay: firstDelayMs / 1_000, factor, max_delay: maxDelayMs / 1_000 }
  }

  /** How the models do that were asked, by target. */
  get health(): Record<string, TargetHealth> {
    return Object.fromEntries(
      Object.entries(this.breakers.states).map(([target, breaker]) => [
        target,
        {
          breaker,
          recentFailures: this.breakers.failuresOf(target),
          opensInMs: this.breakers.opensIn(target),
          calls: { ...(this.#statistics.get(target) ?? NO_CALLS) },
        },
      ]),
    )
  }

  /** @throws CompletionError, or the signal's reason */
  async complete(question: Question, signal: AbortSignal): Promise<Completion> {
    const found = await this.#cache?.find(question, signal)
    if (found) return { ...found, cost: 0n, usage: NOTHING, cached: true }
    const completion = await this.#throughFailover(question, signal)
    if (!completion.refused) this.#cache?.keep(question, completion)
    return completion
  }

  #targets({ model, agent }: Question): Target[] {
    const { services, failover, fallbackModel } = this.#settings
    const first = fallbackModel !== undefined && this.#costs.isTight ? fallbackModel : (model ?? this.#settings.model)
    if (first === fallbackModel && first !== model)
      this.#trace.append({ type: 'model.replaced', agent, model: first, reason: 'budget' })
    const targets = [first, ...failover].map((name) => targetOf(name, services))
    return targets.filter(({ name }, index) => targets.findIndex((target) => target.name === name) === index)
  }

  async #throughFailover(question: Question, signal: AbortSignal): Promise<Completion> {
    const targets = this.#targets(question)
    this.#requests += 1
    for (let round = 1; ; round++) {
      const failure = await this.#oneRound(question, targets, signal)
      if (!(failure instanceof CompletionError)) return failure
      // Where all breakers are open, nobody is called before one of them may be tried; the caller's signal ends the wait.
      if (failure.kind !== 'breaker_open' || round >= this.#settings.attempts) throw failure
      await pause(Math.min(...targets.map(({ name }) => this.breakers.opensIn(name))), signal)
    }
  }

  /** Asks one model after another; gives the answer, or the last failure that another try may pass. */
  async #oneRound(
    question: Question,
    targets: readonly Target[],
    signal: AbortSignal,
  ): Promise<Completion | CompletionError> {
    let last: CompletionError | undefined
    for (const target of targets) {
      if (last)
        this.#trace.append({ type: 'model.replaced', agent: question.agent, model: target.name, reason: last.kind })
      try {
        return await this.#withRetries(question, target, signal)
      } catch (error) {
        signal.throwIfAborted()
        if (!(error instanceof CompletionError) || !(error.retryable || error.kind === 'breaker_open')) throw error
        last = error
      }
    }
    return last!
  }

  async #withRetries(question: Question, target: Target, signal: AbortSignal): Promise<Completion> {
    const { attempts, firstDelayMs, factor, maxDelayMs, retryBudget } = this.#settings
    const key = question.key === undefined ? undefined : `${question.key} ${target.name}`
    let attempt = await this.#goOn(key, signal)
    await this.#untilAllowed(keyOf(question.agent, target), signal)
    for (; ; attempt++) {
      try {
        return await this.#hedged(question, target, signal)
      } catch (error) {
        signal.throwIfAborted()
        if (!(error instanceof CompletionError) || !error.retryable) throw error
        const { agent } = question
        const exhausted = this.#retries >= this.#requests * retryBudget + FREE_RETRIES
        const last = attempt >= attempts || exhausted
        const jitter = Math.random() * Math.min(maxDelayMs, firstDelayMs * factor ** (attempt - 1))
        const delayMs = last ? null : Math.round(Math.max(jitter, error.retryAfterMs ?? 0))
        this.#trace.append({
          type: 'attempt.failed',
          agent,
          target: target.name,
          attempt,
          kind: error.kind,
          message: error.message,
          retryInMs: delayMs,
        })
        const nextAt = Date.now() + (delayMs ?? 0)
        if (delayMs !== null) this.#retries += 1
        if (key !== undefined) {
          const next = delayMs === null ? Number.POSITIVE_INFINITY : attempt + 1
          this.#retrying.set(key, {
            attempt: Math.min(next, attempts + 1),
            kind: error.kind,
            message: error.message,
            nextAt,
          })
          this.#onRetry()
        }
        if (delayMs === null) throw error
        const waiting = {
          agent,
          target: target.name,
          attempt: attempt + 1,
          lastError: error.message,
          nextAt,
        }
        this.waiting.add(waiting)
        try {
          await pause(delayMs, signal)
        } finally {
          this.waiting.delete(waiting)
        }
      }
    }
  }

  /**
   * The next try of a question, after what was left of the pause before it, where it has failed before a restart.
   *
   * @throws CompletionError where all tries were used up
   */
  async #goOn(key: string | undefined, signal: AbortSignal): Promise<number> {
    const before = key === undefined ? undefined : this.#before.get(key)
    if (key === undefined || !before) return 1
    this.#before.delete(key)
    this.#retrying.set(key, before)
    if (before.attempt > this.#settings.attempts) throw new CompletionError(before.kind, before.message)
    if (before.nextAt > Date.now()) await pause(before.nextAt - Date.now(), signal)
    return before.attempt
  }

  /** A service that has named a time is not asked before it, also by the next question, and after a restart. */
  async #untilAllowed(key: string, signal: AbortSignal): Promise<void> {
    const time = this.#notBefore.get(key)
    if (time === undefined) return
    this.#notBefore.delete(key)
    if (time > Date.now()) await pause(time - Date.now(), signal)
  }

  /** A second request when the first has no answer for long; the first answer wins and ends the other. */
  async #hedged(question: Question, target: Target, signal: AbortSignal): Promise<Completion> {
    const { hedgeAfterMs } = this.#settings
    if (!Number.isFinite(hedgeAfterMs)) return this.#attempt(question, target, signal)
    const race = new AbortController()
    const both = AbortSignal.any([signal, race.signal])
    const first = this.#attempt(question, target, both)
    const second = pause(hedgeAfterMs, both).then(() => {
      this.#trace.append({ type: 'call.hedged', agent: question.agent, target: target.name })
      return this.#attempt(question, target, both)
    })
    second.catch(() => {})
    try {
      return await Promise.any([first, second])
    } catch (error) {
      throw error instanceof AggregateError ? (error.errors[0] as unknown) : error
    } finally {
      race.abort(new CompletionError('cancelled', 'Another request of the same question was faster.'))
    }
  }

  async #attempt(question: Question, target: Target, signal: AbortSignal): Promise<Completion> {
    signal.throwIfAborted()
    const deadline = deadlineIn(this.#settings.callTimeoutMs, 'timeout', `The call to ${target.name}`, [signal])
    try {
      return await this.breakers.of(target.name).execute(() => this.#call(question, target, deadline.signal))
    } catch (error) {
      if (cockatiel().isBrokenCircuitError(error))
        throw new CompletionError('breaker_open', `The circuit breaker of ${target.name} is open.`)
      throw error
    } finally {
      deadline.clear()
    }
  }

  async #call(
    { agent, messages, key, maxTokens = this.#settings.maxTokens }: Question,
    target: Target,
    signal: AbortSignal,
  ): Promise<Completion> {
    const reservation = this.#costs.reserve(agent, target, messages, maxTokens)
    const ended = this.#begin(target.name)
    let answer: WireAnswer
    try {
      answer = await ask(
        target.service,
        { model: target.model, messages, maxTokens, agent, key: key && `${key}/${target.name}` },
        signal,
      )
      ended(true)
    } catch (error) {
      ended(false)
      // Before it is booked, so that it is kept with that.
      if (error instanceof CompletionError && error.retryAfterMs)
        this.#notBefore.set(keyOf(agent, target), Date.now() + error.retryAfterMs)
      if (error instanceof CompletionError && !error.mayBeBilled && !signal.aborted) reservation.release()
      else reservation.keep()
      throw error
    }
    const cost = reservation.settle(answer.usage)
    if (answer.text.trim() === '') throw new CompletionError('bad_answer', 'The answer is empty.')
    return {
      text: answer.text,
      refused: answer.finish === 'refusal',
      target: target.name,
      cost,
      usage: answer.usage,
      cached: false,
    }
  }

  #begin(target: string): (successful: boolean) => void {
    const began = Date.now()
    let all = this.#statistics.get(target)
    if (!all) this.#statistics.set(target, (all = { ...NO_CALLS }))
    all.total += 1
    return (successful) => {
      all[successful ? 'successful' : 'failed'] += 1
      all.latencyMs += Date.now() - began
      if (successful) all.lastSuccess = Date.now()
    }
  }
}
