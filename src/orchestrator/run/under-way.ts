import type { Effect } from '../../strategy/index.ts'
import type { BusEvent } from '../team/bus.ts'
import type { ActiveTime } from './active-time.ts'
import type { RunState } from './state.ts'

type Kept = Pick<RunState, 'effects' | 'late' | 'heard'>

/** The effects of a run that have begun: when, what they have heard, and which of them have left questions behind. */
export class UnderWay {
  /** Those that are being carried out. */
  readonly carried = new Set<number>()
  /** Those of them that stand still until the run goes on. */
  readonly paused = new Set<number>()
  /** Gathers that have ended, and whose answers may still come. */
  readonly late = new Map<number, Effect>()
  readonly #active: ActiveTime
  readonly #startedMs = new Map<number, number>()
  readonly #heard = new Map<number, BusEvent[]>()

  /** @param before what was under way before a restart */
  constructor(active: ActiveTime, before: Partial<Kept> = {}) {
    this.#active = active
    for (const [effect, startedMs] of Object.entries(before.effects ?? {}))
      this.#startedMs.set(Number(effect), startedMs)
    for (const effect of before.late ?? []) this.late.set(effect.id, effect)
    for (const [effect, events] of Object.entries(before.heard ?? {})) this.#heard.set(Number(effect), [...events])
  }

  /** Milliseconds since an effect has begun, pauses not counted. One that has not begins now. */
  elapsedOf(effect: number): number {
    const startedMs = this.#startedMs.get(effect) ?? this.#active.ms
    this.#startedMs.set(effect, startedMs)
    return this.#active.ms - startedMs
  }

  /** What an effect that waits for events has heard. */
  heardBy(effect: number): BusEvent[] {
    const heard = this.#heard.get(effect) ?? []
    this.#heard.set(effect, heard)
    return heard
  }

  /** Whether somebody waits for what an effect brings. */
  isPending(effect: number): boolean {
    return this.carried.has(effect) || this.late.has(effect)
  }

  /** Whether all that is carried out stands still. */
  get isStill(): boolean {
    return this.carried.size === this.paused.size
  }

  /** Nobody waits for an effect any more. */
  forget(effect: number): void {
    this.#startedMs.delete(effect)
    this.#heard.delete(effect)
  }

  /** @param pending what the strategy waits for */
  save(pending: readonly Effect[]): Required<Kept> {
    return {
      effects: Object.fromEntries(pending.map(({ id }) => [id, this.#startedMs.get(id) ?? this.#active.ms])),
      late: [...this.late.values()].filter(({ id }) => !this.carried.has(id)),
      heard: Object.fromEntries([...this.#heard].filter(([, events]) => events.length > 0)),
    }
  }
}
