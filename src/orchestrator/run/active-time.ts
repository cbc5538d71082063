import { steadyNow } from '../../clock/index.ts'
/** How long a run has been active, pauses not counted. Milliseconds. */
export class ActiveTime {
  readonly #beforeMs: number
  readonly #since = steadyNow()

  /** @param beforeMs before a restart */
  constructor(beforeMs = 0) {
    this.#beforeMs = beforeMs
  }

  /** Before this process. */
  get beforeMs(): number {
    return this.#beforeMs
  }

  get ms(): number {
    return this.#beforeMs + (steadyNow() - this.#since)
  }
}
