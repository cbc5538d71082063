import type { Trace } from '../../trace/index.ts'
import { pause } from '../service/deadline.ts'
import { CompletionError, type FailureKind } from '../service/failures.ts'
import type { Timekeeper } from '../service/time.ts'
import type { Complete, Policy, Question } from './completion.ts'
import type { RetryBudget } from './retry-budget.ts'

/** How tries are repeated: exponential backoff with full jitter. */
export interface ResolvedRetrySettings {
  /** Tries of one request at one model, the first one included. */
  attempts: number
  firstDelayMs: number
  factor: number
  maxDelayMs: number
}

/** A question whose newest try has failed. */
export interface Retrying {
  /** The next try, from 2. More than there are: the model is not tried again. */
  attempt: number
  kind: FailureKind
  message: string
  /** Unix milliseconds. */
  nextAt: number
}

/** A request that waits for a retry. */
export interface WaitingRetry {
  /** The agent that waits. */
  agent: string
  /** The model that the retry will call, such as `openai/gpt-4o-mini`. */
  target: string
  /** The number of the next attempt, from 2. */
  attempt: number
  /** The message of the last failure. */
  lastError: string
  /** The time of the next attempt, in Unix milliseconds. */
  nextAt: number
}

interface RetryDependencies {
  budget: RetryBudget
  trace: Pick<Trace, 'append'>
  time: Timekeeper
  /** From 0 to 1, 1 excluded. */
  random: () => number
  /** Whether another model may be asked. */
  canGoElsewhere?: boolean
  /** Where questions stood before a restart, by key and model. */
  before: Readonly<Record<string, Retrying>> | undefined
}

/**
 * Asks again when a failure may pass: exponential backoff with full jitter that honours `retry-after`, within a budget of retries.
 * Source: "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 */
export class Retries {
  readonly waiting = new Set<WaitingRetry>()
  readonly #limits: ResolvedRetrySettings
  readonly #dependencies: RetryDependencies
  /** Questions whose newest try has failed, by key and model. */
  readonly #retrying = new Map<string, Retrying>()
  /** The same from before a restart, until they are asked again. */
  readonly #before: Map<string, Retrying>
  #onRetry: () => void = () => {}

  constructor(limits: ResolvedRetrySettings, dependencies: RetryDependencies) {
    this.#limits = limits
    this.#dependencies = dependencies
    this.#before = new Map(Object.entries(dependencies.before ?? {}))
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

  save(): Record<string, Retrying> {
    return Object.fromEntries([...this.#before, ...this.#retrying])
  }

  readonly retrying: Policy = (complete) => async (question, signal) => {
    const key = question.key === undefined ? undefined : `${question.key} ${question.target.name}`
    for (let attempt = await this.#goOn(key, question, signal); ; attempt++) {
      const failure = await this.#try(complete, question, signal)
      if (!(failure instanceof CompletionError)) return failure
      await this.#rest({ question, key, attempt, failure }, signal)
    }
  }

  /** The answer, or why it failed where another try may pass. */
  async #try(complete: Complete, question: Question, signal: AbortSignal) {
    try {
      return await complete(question, signal)
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof CompletionError)) throw error
      question.following?.failed(error)
      return error
    }
  }

  /** @throws CompletionError the failure, where there is no other try */
  async #rest(
    {
      question,
      key,
      attempt,
      failure,
    }: { question: Question; key: string | undefined; attempt: number; failure: CompletionError },
    signal: AbortSignal,
  ): Promise<void> {
    const { budget, trace, time } = this.#dependencies
    const { agent, target } = question
    const { kind, message } = failure
    const delayMs = this.#delayAfter(attempt, failure)
    // What stands against a call that was not made is told of where that is decided.
    if (kind !== 'breaker_open' && kind !== 'budget' && !failure.unmade)
      trace.append({ type: 'attempt.failed', agent, target: target.name, attempt, kind, message, retryInMs: delayMs })
    const nextAt = time.now() + (delayMs ?? 0)
    if (delayMs !== null) budget.retry()
    if (key !== undefined && failure.retryable) {
      const next = delayMs === null ? this.#limits.attempts + 1 : attempt + 1
      this.#retrying.set(key, { attempt: next, kind, message, nextAt })
      this.#onRetry()
    }
    if (delayMs === null) throw failure
    const waiting = { agent, target: target.name, attempt: attempt + 1, lastError: message, nextAt }
    this.waiting.add(waiting)
    try {
      await this.#pause(delayMs, question, signal)
    } finally {
      this.waiting.delete(waiting)
    }
  }

  /** Milliseconds until the next try; null where there is none. */
  #delayAfter(attempt: number, { retryable, retryAfterMs = 0 }: CompletionError): number | null {
    const { attempts, firstDelayMs, factor, maxDelayMs } = this.#limits
    const { budget, random, canGoElsewhere = false } = this.#dependencies
    // Who has somebody else to ask does not wait for longer than it would wait of itself.
    if (!retryable || (canGoElsewhere && retryAfterMs > maxDelayMs)) return null
    const isLast = attempt >= attempts || budget.isSpent
    const jitter = random() * Math.min(maxDelayMs, firstDelayMs * factor ** (attempt - 1))
    return isLast ? null : Math.round(Math.max(jitter, retryAfterMs))
  }

  /**
   * The next try of a question, after what was left of the pause before it, where it has failed before a restart.
   *
   * @throws CompletionError where all tries were used up
   */
  async #goOn(key: string | undefined, question: Question, signal: AbortSignal): Promise<number> {
    const before = key === undefined ? undefined : this.#before.get(key)
    if (key === undefined || !before) return 1
    this.#before.delete(key)
    this.#retrying.set(key, before)
    if (before.attempt > this.#limits.attempts) throw new CompletionError(before.kind, before.message)
    const leftMs = before.nextAt - this.#dependencies.time.now()
    if (leftMs > 0) await this.#pause(leftMs, question, signal)
    return before.attempt
  }

  async #pause(ms: number, { following }: Question, signal: AbortSignal): Promise<void> {
    const goesOn = following?.pauses()
    try {
      await pause(ms, signal, this.#dependencies.time)
    } finally {
      goesOn?.()
    }
  }
}
