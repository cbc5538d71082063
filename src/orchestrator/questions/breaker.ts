import type { CircuitBreakerPolicy, CircuitState, IBreaker } from 'cockatiel'
import { cockatiel, whenNeeded } from '../../packages/index.ts'
import type { Trace } from '../../trace/index.ts'
import { CompletionError } from '../service/failures.ts'
import type { Settled } from '../settings.ts'

/** Outcomes that are looked at, however high the count that opens a breaker. */
const MOST_OUTCOMES = 1_000

interface Outcome {
  at: number
  failed: boolean
}

/**
 * Opens when of the newest calls within a window of time so many have failed, and such a share of them. A count alone would open
 * it for a busy service that fails now and then; a share alone for a quiet one that failed once.
 */
class WindowBreaker implements IBreaker {
  readonly #failures: number
  readonly #share: number
  readonly #windowMs: number
  state: Outcome[] = []

  constructor({ breakerFailures, breakerShare, breakerWindowMs }: Settled) {
    this.#failures = breakerFailures
    this.#share = breakerShare
    this.#windowMs = breakerWindowMs
  }

  success(circuit: CircuitState): void {
    if (circuit === cockatiel().CircuitState.HalfOpen) this.state = []
    else this.#add(false)
  }

  failure(): boolean {
    this.#add(true)
    const failures = this.state.filter(({ failed }) => failed).length
    return failures >= this.#failures && failures >= this.#share * this.state.length
  }

  #add(failed: boolean): void {
    const now = Date.now()
    this.state = [...this.state.filter(({ at }) => now - at < this.#windowMs), { at: now, failed }].slice(
      -Math.min(2 * this.#failures, MOST_OUTCOMES),
    )
  }
}

const names = whenNeeded(() => {
  const { Closed, Open, HalfOpen, Isolated } = cockatiel().CircuitState
  return { [Closed]: 'closed', [Open]: 'open', [HalfOpen]: 'half-open', [Isolated]: 'open' } as const
})

/** Failures that tell of the service's health. */
const tellsOfHealth = (error: unknown): boolean =>
  error instanceof CompletionError && error.retryable && error.kind !== 'rate_limited'

/** One circuit breaker a model of a service, made when first needed. */
export class Breakers {
  readonly #settings: Settled
  readonly #trace: Pick<Trace, 'append'>
  readonly #policies = new Map<string, CircuitBreakerPolicy>()
  readonly #windows = new Map<string, WindowBreaker>()
  readonly #openedAt = new Map<string, number>()

  readonly #before: Readonly<Record<string, { policy: unknown; openedAt: number | null }>>

  /** @param before the states of the breakers before a restart */
  constructor(
    settings: Settled,
    trace: Pick<Trace, 'append'>,
    before: Readonly<Record<string, { policy: unknown; openedAt: number | null }>> = {},
  ) {
    this.#settings = settings
    this.#trace = trace
    this.#before = before
    for (const target of Object.keys(before)) this.of(target)
  }

  /** All breakers as plain data. */
  save(): Record<string, { policy: unknown; openedAt: number | null }> {
    return Object.fromEntries(
      [...this.#policies].map(([target, policy]) => [
        target,
        { policy: policy.toJSON(), openedAt: this.#openedAt.get(target) ?? null },
      ]),
    )
  }

  of(target: string): CircuitBreakerPolicy {
    let policy = this.#policies.get(target)
    if (!policy) {
      const before = Object.hasOwn(this.#before, target) ? this.#before[target] : undefined
      if (before?.openedAt != null) this.#openedAt.set(target, before.openedAt)
      const window = new WindowBreaker(this.#settings)
      this.#windows.set(target, window)
      const { circuitBreaker, CircuitState, handleWhen } = cockatiel()
      policy = circuitBreaker(handleWhen(tellsOfHealth), {
        halfOpenAfter: this.#settings.breakerOpenMs,
        breaker: window,
        ...(before && { initialState: structuredClone(before.policy) }),
      })
      policy.onStateChange((state) => {
        if (state === CircuitState.Open) this.#openedAt.set(target, Date.now())
        this.#trace.append({ type: 'breaker.changed', target, state: names()[state] })
      })
      this.#policies.set(target, policy)
    }
    return policy
  }

  /** Milliseconds until an open breaker lets a call try again; 0 for one that is not open. */
  opensIn(target: string): number {
    if (this.#policies.get(target)?.state !== cockatiel().CircuitState.Open) return 0
    return Math.max(0, this.#openedAt.get(target)! + this.#settings.breakerOpenMs - Date.now())
  }

  /** Failures among the newest calls. */
  failuresOf(target: string): number {
    return this.#windows.get(target)?.state.filter(({ failed }) => failed).length ?? 0
  }

  /** The states of all breakers, for reports. */
  get states(): Record<string, 'closed' | 'open' | 'half-open'> {
    return Object.fromEntries([...this.#policies].map(([name, { state }]) => [name, names()[state]]))
  }
}
