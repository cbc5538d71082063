/** How far a sequence of replies is: each call takes the next one, and puts it back if its client goes away before the end. */
export class Turns {
  #next = 0
  readonly #back: number[] = []

  /** The place of the next reply, from 0. */
  get next(): number {
    return this.#back[0] ?? this.#next
  }

  /** Takes the next place; the earliest of those that were put back, where there are any. */
  take(): number {
    return this.#back.shift() ?? this.#next++
  }

  /** Puts a place back, which the next call takes. */
  putBack(turn: number): void {
    this.#back.push(turn)
    this.#back.sort((one, other) => one - other)
  }
}
