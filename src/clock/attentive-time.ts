import { native } from '../doors/index.ts'
import type { Milliseconds } from './duration.ts'

/** A longer time between two turns is one in which this process was busy, or was not let at a processor. */
const MAX_TURN_MS = 20

/**
 * Real time as far as this process was there to look. Windows of patience are measured in it: on a machine on which this
 * process gets no processor for a second, the others that it waits for get none either.
 */
export class AttentiveTime {
  #real = native.now()
  #passed = this.#real

  /** The time now, in milliseconds. It starts as real time, and falls behind it. */
  readonly now = (): Milliseconds => this.#passed + Math.min(native.now() - this.#real, MAX_TURN_MS)

  /** Says that this process looks, as it does in each turn of its event loop. */
  turn(): Milliseconds {
    this.#passed = this.now()
    this.#real = native.now()
    return this.#passed
  }
}
