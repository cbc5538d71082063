/** The place of a call among the calls with the same messages, and among those that go on with their answers. */
export interface CallInThread {
  call: number
  /** The call with whose messages, and an answer to them, its own begin. */
  continues: number | undefined
  /** The call with the same messages, if the conversation has gone on from there. */
  repeats: number | undefined
}

/** The place of a reply, from 0. */
interface Turn {
  place: number
  /** Whether the conversation has begun again, there or before. */
  isAgain: boolean
}

/** How many calls of a conversation are remembered. */
const REMEMBERED = 5_000

/**
 * How far a sequence of replies is: each call takes the next one, and puts it back if its client goes away before the
 * end. A conversation that begins again, at its first question or a later one, takes the same replies again.
 */
export class Turns {
  #next = 0
  readonly #back: number[] = []
  readonly #taken = new Map<number, Turn>()

  /** The place of the reply to a call, which does not take it. */
  place(of?: CallInThread): number {
    return this.#again(of)?.place ?? this.#back[0] ?? this.#next
  }

  /**
   * Takes the place of the reply to a call: of those that were put back the earliest one, where there are any.
   *
   * @returns the place, and what puts it back
   */
  take(of?: CallInThread): { place: number; putBack: () => void } {
    const again = this.#again(of)
    const place = again?.place ?? this.#back.shift() ?? this.#next
    this.#next = Math.max(this.#next, place + 1)
    if (of) this.#remember(of.call, { place, isAgain: again !== undefined })
    return {
      place,
      putBack: () => {
        if (of) this.#taken.delete(of.call)
        if (again) return
        this.#back.push(place)
        this.#back.sort((one, other) => one - other)
      },
    }
  }

  /** The place by the messages of the call, where the conversation has begun again. */
  #again(of: CallInThread | undefined): Turn | undefined {
    if (!of) return undefined
    // Another choice of the same call.
    const own = this.#taken.get(of.call)
    if (own) return own.isAgain ? { place: own.place + 1, isAgain: true } : undefined
    const repeated = of.repeats === undefined ? undefined : this.#taken.get(of.repeats)
    if (repeated) return { place: repeated.place, isAgain: true }
    const before = of.continues === undefined ? undefined : this.#taken.get(of.continues)
    return before?.isAgain ? { place: before.place + 1, isAgain: true } : undefined
  }

  #remember(call: number, turn: Turn): void {
    if (this.#taken.size >= REMEMBERED) this.#taken.delete(this.#taken.keys().next().value!)
    this.#taken.set(call, turn)
  }
}
