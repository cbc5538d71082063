/** Answers that are remembered. */
const REMEMBERED = 1_000
/** What somebody puts before the answer of another: "Ben says: …". */
const INTRODUCTION = /^[^\n:]{1,80}:\s+/

/** Who was answered what, so that a question that hands an answer on can be told. */
export class Said {
  readonly #ends = new Map<string, number>()

  /** @param end the place in the trace where the answer ended */
  add(answer: string, end: number): void {
    const text = answer.trim()
    if (text === '') return
    this.#ends.delete(text)
    this.#ends.set(text, end)
    if (this.#ends.size > REMEMBERED) this.#ends.delete(this.#ends.keys().next().value!)
  }

  /** The place in the trace where the answer ended that a question consists of. */
  find(question: string): number | undefined {
    const text = question.trim()
    return this.#ends.get(text) ?? this.#ends.get(text.replace(INTRODUCTION, ''))
  }
}
