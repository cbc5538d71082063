/** Where a search stands: it wants something tried, or it has found. */
export type Step<Candidate, Found> = { kind: 'try'; candidate: Candidate } | { kind: 'found'; found: Found }

/**
 * A search whose candidates are tried by somebody else, who comes by one at a time: the search asks and waits, the
 * other takes the question along and brings the answer.
 */
export class Handover<Candidate, Answer, Found> {
  #step = Promise.withResolvers<Step<Candidate, Found>>()
  #answer: ((answer: Answer) => void) | undefined

  constructor(search: (attempt: (candidate: Candidate) => Promise<Answer>) => Promise<Found>) {
    search((candidate) => {
      const { promise, resolve } = Promise.withResolvers<Answer>()
      this.#answer = resolve
      this.#step.resolve({ kind: 'try', candidate })
      return promise
    }).then(
      (found) => this.#step.resolve({ kind: 'found', found }),
      (error: unknown) => this.#step.reject(error),
    )
  }

  /** What the search wants first. */
  first(): Promise<Step<Candidate, Found>> {
    return this.#step.promise
  }

  /** Answers, and gives what the search wants next. */
  next(answer: Answer): Promise<Step<Candidate, Found>> {
    this.#step = Promise.withResolvers()
    this.#answer!(answer)
    return this.#step.promise
  }
}
