/** Calls that are worked on at one time, and those that wait for it: first come, first served. */
export class ConcurrencyQueue {
  readonly #slots: number
  readonly #waiting = new Set<() => void>()
  #busy = 0

  /** @param slots how many are worked on at one time */
  constructor(slots: number) {
    this.#slots = slots
  }

  /** Calls `begin` when a slot is free, at once if there is one. The function returned gives up the slot, or the place in the line. */
  enter(begin: () => void): () => void {
    let state: 'waiting' | 'working' | 'left' = 'waiting'
    const start = (): void => {
      state = 'working'
      this.#busy += 1
      begin()
    }
    if (this.#busy < this.#slots) start()
    else this.#waiting.add(start)
    return () => {
      if (state === 'waiting') this.#waiting.delete(start)
      else if (state === 'working') {
        this.#busy -= 1
        const [next] = this.#waiting
        if (next) {
          this.#waiting.delete(next)
          next()
        }
      }
      state = 'left'
    }
  }
}
