import type { Trace } from '../../../trace/index.ts'
import { AgentRestarted, CompletionError } from '../../service/failures.ts'
import type { Timekeeper } from '../../service/time.ts'
import type { Policy } from '../completion.ts'
import { Breaker, type BreakerState, type SavedBreaker, type Verdict } from './breaker.ts'
import type { ResolvedBreakerSettings } from './settings.ts'

/** One circuit breaker a model of a service, made when first needed. */
export class Breakers {
  readonly #limits: ResolvedBreakerSettings
  readonly #dependencies: { trace: Pick<Trace, 'append'>; time: Timekeeper }
  readonly #breakers = new Map<string, Breaker>()

  /** @param before the breakers before a restart, by target */
  constructor(
    limits: ResolvedBreakerSettings,
    dependencies: { trace: Pick<Trace, 'append'>; time: Timekeeper },
    before: Readonly<Record<string, SavedBreaker>> = {},
  ) {
    this.#limits = limits
    this.#dependencies = dependencies
    for (const [target, saved] of Object.entries(before)) this.#breakers.set(target, this.#make(target, saved))
  }

  /** All breakers as plain data, by target. */
  save(): Record<string, SavedBreaker> {
    return Object.fromEntries([...this.#breakers].map(([target, breaker]) => [target, breaker.save()]))
  }

  of(target: string): Breaker {
    let breaker = this.#breakers.get(target)
    if (!breaker) this.#breakers.set(target, (breaker = this.#make(target, undefined)))
    return breaker
  }

  /** The states of all breakers, for reports. */
  get states(): Record<string, BreakerState['kind']> {
    return Object.fromEntries([...this.#breakers].map(([target, { state }]) => [target, state]))
  }

  /** Asks only where the breaker lets it, and tells it how calls end. */
  readonly breaking: Policy = (complete) => async (question, signal) => {
    const call = await this.of(question.target.name).enter(signal)
    try {
      const completion = await complete(question, signal)
      call.ended('answered')
      return completion
    } catch (error) {
      call.ended(verdictOf(error, signal))
      throw error
    }
  }

  #make(target: string, before: SavedBreaker | undefined): Breaker {
    const { trace, time } = this.#dependencies
    const onChange = (state: BreakerState['kind']): void =>
      void trace.append({ type: 'breaker.changed', target, state })
    return new Breaker(target, this.#limits, { time, onChange, before })
  }
}

/**
 * What the end of a call tells of the service. Nothing: it was cancelled or its agent is gone, the budget or a limit of the account
 * stands against it, the request itself is wrong.
 */
function verdictOf(error: unknown, signal: AbortSignal): Verdict {
  if (signal.aborted) {
    const { reason } = signal as { reason: unknown }
    const isPatienceOver = reason instanceof CompletionError && reason.kind === 'deadline'
    return isPatienceOver || reason instanceof AgentRestarted ? 'given up' : 'nothing'
  }
  if (!(error instanceof CompletionError)) return 'nothing'
  return error.retryable && error.kind !== 'rate_limited' ? 'failed' : 'nothing'
}
