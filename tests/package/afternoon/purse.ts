/** US dollars for a million tokens: input, output. */
const PRICES = { 'gpt-4o': [2.5, 10], 'claude-haiku-4-5': [1, 5] } as const

export type Model = keyof typeof PRICES

/** The limit of what a report may cost is met. */
export class OverBudget extends Error {
  constructor(limit: number, worst: number) {
    super(`this call may cost $${worst.toFixed(4)}, which is more than what is left of $${limit}`)
  }
}

/** The price of a call. */
export const price = (model: Model, inputTokens: number, outputTokens: number): number =>
  (inputTokens * PRICES[model][0] + outputTokens * PRICES[model][1]) / 1e6

/** Keeps the team within its limit: before a call the most that it may cost is put aside, afterwards the rest put back. */
export class Purse {
  readonly #limit: number
  #spent: number

  constructor(limit: number, spent: number) {
    this.#limit = limit
    this.#spent = spent
  }

  get spent(): number {
    return this.#spent
  }

  /** Pays for one attempt. One that fails without telling its cost is taken to have cost the most. */
  async pay<T extends { dollars: number }>(worst: number, attempt: () => Promise<T>): Promise<T> {
    if (this.#spent + worst > this.#limit) throw new OverBudget(this.#limit, worst)
    this.#spent += worst
    try {
      const result = await attempt()
      this.#spent += result.dollars - worst
      return result
    } catch (error) {
      // A status is an answer of the service that costs nothing.
      if ((error as { status?: number }).status !== undefined) this.#spent -= worst
      throw error
    }
  }
}
