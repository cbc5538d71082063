import { CompletionError } from '../../service/failures.ts'
import { onAbort } from '../../service/on-abort.ts'
import type { Timekeeper } from '../../service/time.ts'
import { Fairness } from './fairness.ts'
import type { ResolvedBreakerSettings } from './settings.ts'
import { BreakerWindow, type WindowedCall } from './window.ts'

/** Where a breaker stands. */
export type BreakerState =
  | { kind: 'closed' }
  /** Nobody calls. Unix milliseconds. */
  | { kind: 'open'; since: number }
  /** One call at a time tries whether the service is back. */
  | { kind: 'half-open'; since: number; isTrying: boolean }

/** A breaker as plain data. A trial that was under way is begun anew. */
export interface SavedBreaker {
  openSince: number | null
  calls: readonly WindowedCall[]
}

/** What a call tells of the service's health: nothing where it was not the service that ended it. */
export type Verdict = 'answered' | 'failed' | 'given up' | 'nothing'

/** A call that was let through. Its end is told once. */
export interface LetThrough {
  ended(verdict: Verdict): void
}

/** The circuit breaker of one model of a service. */
export class Breaker {
  readonly #name: string
  readonly #limits: ResolvedBreakerSettings
  readonly #time: Timekeeper
  readonly #onChange: (state: BreakerState['kind']) => void
  readonly #window: BreakerWindow
  readonly #fairness = new Fairness()
  /** Who waits for what another's trial brings. */
  readonly #line = new Set<() => void>()
  #state: BreakerState = { kind: 'closed' }

  constructor(
    name: string,
    limits: ResolvedBreakerSettings,
    {
      time,
      onChange,
      before,
    }: { time: Timekeeper; onChange: (state: BreakerState['kind']) => void; before?: SavedBreaker | undefined },
  ) {
    this.#name = name
    this.#limits = limits
    this.#time = time
    this.#onChange = onChange
    this.#window = new BreakerWindow(limits, before?.calls)
    if (before?.openSince != null) this.#state = { kind: 'open', since: before.openSince }
  }

  get state(): BreakerState['kind'] {
    return this.#state.kind
  }

  /** Milliseconds until an open breaker lets a call try again; 0 for one that is not open. */
  get opensInMs(): number {
    if (this.#state.kind !== 'open') return 0
    return Math.max(0, this.#state.since + this.#limits.openMs - this.#time.now())
  }

  /** Failures among the newest calls. */
  get failures(): number {
    return this.#window.failures(this.#time.now())
  }

  save(): SavedBreaker {
    return { openSince: this.#state.kind === 'closed' ? null : this.#state.since, calls: this.#window.save() }
  }

  /**
   * Lets a call through, or has it wait for what another's trial brings.
   *
   * @throws CompletionError of kind `breaker_open`; the signal's reason
   */
  async enter(signal: AbortSignal): Promise<LetThrough> {
    for (;;) {
      signal.throwIfAborted()
      const state = this.#state
      switch (state.kind) {
        case 'closed':
          return this.#ordinary()
        case 'open':
          if (this.opensInMs > 0)
            throw new CompletionError('breaker_open', `The circuit breaker of ${this.#name} is open.`)
          this.#change({ kind: 'half-open', since: state.since, isTrying: false })
          break
        case 'half-open':
          if (!state.isTrying) return this.#trial()
          await this.#turn(signal)
          break
        default:
          return state satisfies never
      }
    }
  }

  #ordinary(): LetThrough {
    const call = this.#window.begin(this.#time.now())
    return {
      ended: (verdict) => {
        const now = this.#time.now()
        const known = this.#known(verdict, now - call.startedAt)
        if (known === 'nothing') return this.#window.drop(call)
        const isDown = this.#window.end(call, { failed: known === 'failed', now })
        if (isDown && this.#state.kind === 'closed') this.#change({ kind: 'open', since: now })
      },
    }
  }

  #trial(): LetThrough {
    const mine: BreakerState = { kind: 'half-open', since: this.#openSince, isTrying: true }
    const began = this.#time.now()
    this.#state = mine
    return {
      ended: (verdict) => {
        if (this.#state !== mine) return
        const known = this.#known(verdict, this.#time.now() - began)
        if (known === 'answered') {
          this.#window.clear()
          this.#change({ kind: 'closed' })
        } else if (known === 'failed') this.#change({ kind: 'open', since: this.#time.now() })
        else {
          // The next one tries.
          this.#state = { ...mine, isTrying: false }
          for (const turn of [...this.#line].slice(0, 1)) turn()
        }
      },
    }
  }

  get #openSince(): number {
    return this.#state.kind === 'closed' ? this.#time.now() : this.#state.since
  }

  /** A caller that goes away in spite of time enough tells that the service hangs. */
  #known(verdict: Verdict, tookMs: number): Exclude<Verdict, 'given up'> {
    if (verdict === 'answered') this.#fairness.answered(tookMs)
    if (verdict !== 'given up') return verdict
    return this.#fairness.had(tookMs) ? 'failed' : 'nothing'
  }

  #change(state: BreakerState): void {
    this.#state = state
    this.#onChange(state.kind)
    if (state.kind !== 'half-open') for (const turn of [...this.#line]) turn()
  }

  /** Until a trial has ended, however. */
  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const turn = (): void => {
        stop()
        this.#line.delete(turn)
        resolve()
      }
      const stop = onAbort(signal, () => {
        this.#line.delete(turn)
        reject(signal.reason)
      })
      this.#line.add(turn)
    })
  }
}
