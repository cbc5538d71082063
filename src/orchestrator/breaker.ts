import { circuitBreaker, CircuitState, handleWhen, type CircuitBreakerPolicy, type IBreaker } from 'cockatiel'
import type { Trace } from '../trace/index.ts'
import { CompletionError } from './failures.ts'
import type { Settled } from './settings.ts'

/** Opens at so many failures within a window of time, whatever succeeds between them. */
class WindowBreaker implements IBreaker {
  readonly #failures: number
  readonly #windowMs: number
  state: number[] = []

  constructor(failures: number, windowMs: number) {
    this.#failures = failures
    this.#windowMs = windowMs
  }

  success(circuit: CircuitState): void {
    if (circuit === CircuitState.HalfOpen) this.state = []
  }

  failure(): boolean {
    const now = Date.now()
    this.state = [...this.state.filter((at) => now - at < this.#windowMs), now]
    return this.state.length >= this.#failures
  }
}

const NAMES = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.HalfOpen]: 'half-open',
  [CircuitState.Isolated]: 'open',
} as const

/** Failures that tell of the service's health. */
const tellsOfHealth = (error: unknown): boolean =>
  error instanceof CompletionError && error.retryable && error.kind !== 'rate_limited'

/** One circuit breaker a model of a service, made when first needed. */
export class Breakers {
  readonly #settings: Settled
  readonly #trace: Pick<Trace, 'append'>
  readonly #policies = new Map<string, CircuitBreakerPolicy>()

  constructor(settings: Settled, trace: Pick<Trace, 'append'>) {
    this.#settings = settings
    this.#trace = trace
  }

  of(target: string): CircuitBreakerPolicy {
    let policy = this.#policies.get(target)
    if (!policy) {
      const { breakerFailures, breakerWindowMs, breakerOpenMs } = this.#settings
      policy = circuitBreaker(handleWhen(tellsOfHealth), {
        halfOpenAfter: breakerOpenMs,
        breaker: new WindowBreaker(breakerFailures, breakerWindowMs),
      })
      policy.onStateChange((state) => this.#trace.append({ type: 'breaker.changed', target, state: NAMES[state] }))
      this.#policies.set(target, policy)
    }
    return policy
  }

  /** The states of all breakers, for reports. */
  get states(): Record<string, 'closed' | 'open' | 'half-open'> {
    return Object.fromEntries([...this.#policies].map(([name, { state }]) => [name, NAMES[state]]))
  }
}
