import type { Trace } from '../../trace/index.ts'
import type { Costs } from '../money/costs.ts'
import type { ChatMessage } from '../service/client.ts'
import { targetOf } from '../service/target.ts'
import { processTime, type Timekeeper } from '../service/time.ts'
import type { ResolvedOrchestratorSettings } from '../settings.ts'
import { Accounts } from './account.ts'
import type { Complete, Completion, Following, Policy } from './completion.ts'
import { completeByService, saysSomething } from './service-completion.ts'
import type { SavedBreaker } from './breaker/breaker.ts'
import { Breakers } from './breaker/breakers.ts'
import type { SemanticCache } from './cache/cache.ts'
import { cheaperWhenTight } from './cheaper.ts'
import { failingOver } from './failover.ts'
import { hedged } from './hedging.ts'
import { priced } from './priced.ts'
import { Retries, type Retrying, type WaitingRetry } from './retries.ts'
import { RetryBudget, type Tries } from './retry-budget.ts'
import { Statistics, type CallStatistics } from './statistics.ts'
import { timeLimited } from './time-limit.ts'
import { tracingAttempts } from './attempt-tracing.ts'

/** A question as agents ask it. */
export interface AgentQuestion {
  agent: string
  messages: readonly ChatMessage[]
  /** The agent's own model; the default one when left out. */
  model: string | undefined
  /** The default when left out. */
  maxTokens: number | undefined
  /** The same for the same question of the same run, also after a restart. */
  key: string | undefined
  following?: Following
}

/** The health of a model. */
export interface TargetHealth {
  /** The state of the circuit breaker. */
  breaker: 'closed' | 'open' | 'half-open'
  /** Number of failures in the window of the breaker. */
  recentFailures: number
  /** Time until an open breaker lets a trial call through. Milliseconds. */
  opensInMs: number
  /** Results of the calls since the start of the process. */
  calls: CallStatistics
}

/** The version of the shape of what is kept of questions. */
export const QUESTIONS_VERSION = 1

/** What is kept of questions. */
export interface SavedQuestions {
  tries: Tries
  /** By target. */
  breakers: Readonly<Record<string, SavedBreaker>>
  /** When services may be asked again that have named a time. Unix milliseconds. */
  notBefore: Readonly<Record<string, number>>
  /** Questions that have failed and are tried again, by their key and model. */
  retrying: Readonly<Record<string, Retrying>>
}

interface CompleterOptions {
  costs: Pick<Costs, 'costOf' | 'reserve' | 'isTight'>
  cache: Pick<SemanticCache, 'caching'> | undefined
  trace: Pick<Trace, 'append'>
  /** Whether the trace is told of each call. Default: what it has cost and how it failed, and no more. */
  tellsAttempts?: boolean
  /** Where it stood before a restart. */
  before?: SavedQuestions | undefined
  time?: Timekeeper
  /** From 0 to 1, 1 excluded. */
  random?: () => number
}

/** The first policy is the outermost. */
const wrapped = (complete: Complete, policies: readonly Policy[]): Complete =>
  policies.reduceRight((inner, policy) => policy(inner), complete)

/** Gets answers in spite of failures: policies around each other, each in its own file. No try outlives the caller's signal. */
export class Completer {
  readonly breakers: Breakers
  readonly #settings: ResolvedOrchestratorSettings
  readonly #statistics: Statistics
  readonly #budget: RetryBudget
  readonly #retries: Retries
  readonly #accounts: Accounts
  readonly #complete: Complete

  constructor(
    settings: ResolvedOrchestratorSettings,
    {
      costs,
      cache,
      trace,
      tellsAttempts = false,
      before,
      time = processTime,
      random = () => Math.random(),
    }: CompleterOptions,
  ) {
    this.#settings = settings
    this.#statistics = new Statistics(time)
    this.#budget = new RetryBudget(settings, before?.tries)
    const canGoElsewhere = settings.failover.length > 0
    const { retrying, notBefore } = before ?? {}
    this.#retries = new Retries(settings, {
      budget: this.#budget,
      trace,
      time,
      random,
      before: retrying,
      canGoElsewhere,
    })
    this.#accounts = new Accounts(time, notBefore, canGoElsewhere ? { patienceMs: settings.maxDelayMs } : {})
    this.breakers = new Breakers(settings.breaker, { trace, time }, before?.breakers)
    const { services, failover, fallbackModel, attempts } = settings
    const cheaper = fallbackModel === undefined ? undefined : targetOf(fallbackModel, services)
    this.#complete = wrapped(completeByService, [
      ...(cache ? [cache.caching] : []),
      this.#counted,
      cheaperWhenTight(cheaper, { isTight: () => costs.isTight, trace }),
      failingOver({
        others: failover.map((model) => targetOf(model, services)),
        rounds: attempts,
        opensIn: (target) => this.breakers.of(target).opensInMs,
        trace,
        time,
      }),
      this.#retries.retrying,
      this.#accounts.paced,
      hedged(settings, { trace, time }),
      this.breakers.breaking,
      timeLimited(settings, time),
      saysSomething,
      priced(costs),
      ...(tellsAttempts ? [tracingAttempts({ trace, time, costs })] : []),
      this.#statistics.counting,
    ])
  }

  /** Calls `listener` whenever a try has failed and where that leaves the question is to be kept. */
  onRetry(listener: () => void): void {
    this.#retries.onRetry(listener)
  }

  /** Nobody waits any more for the questions whose keys begin so. */
  forget(prefix: string): void {
    this.#retries.forget(prefix)
  }

  /** Where it stands, as plain data. */
  save(): SavedQuestions {
    return {
      tries: this.#budget.tries,
      breakers: this.breakers.save(),
      notBefore: this.#accounts.save(),
      retrying: this.#retries.save(),
    }
  }

  /** Requests that wait for their next try. */
  get waiting(): ReadonlySet<WaitingRetry> {
    return this.#retries.waiting
  }

  /** How tries are repeated. Seconds. */
  get policy(): { max_attempts: number; first_delay: number; factor: number; max_delay: number } {
    const { attempts, firstDelayMs, factor, maxDelayMs } = this.#settings
    return { max_attempts: attempts, first_delay: firstDelayMs / 1_000, factor, max_delay: maxDelayMs / 1_000 }
  }

  /** How the models do that were asked, by target. */
  get health(): Record<string, TargetHealth> {
    return Object.fromEntries(
      Object.keys(this.breakers.states).map((target) => {
        const { state, failures, opensInMs } = this.breakers.of(target)
        return [target, { breaker: state, recentFailures: failures, opensInMs, calls: this.#statistics.of(target) }]
      }),
    )
  }

  /** @throws CompletionError, or the signal's reason */
  complete({ model, maxTokens, ...question }: AgentQuestion, signal: AbortSignal): Promise<Completion> {
    const { services, onlyModel, model: usual } = this.#settings
    const target = targetOf(onlyModel ?? model ?? usual, services)
    return this.#complete({ ...question, target, maxTokens: maxTokens ?? this.#settings.maxTokens }, signal)
  }

  /** Each request allows some retries. */
  readonly #counted: Policy = (complete) => (question, signal) => {
    this.#budget.request()
    return complete(question, signal)
  }
}
