/** Requests that may be retried whatever the budget of retries says. */
const FREE_RETRIES = 20

/** How many requests and retries there were in a run. */
export interface Tries {
  requests: number
  retries: number
}

/** Retries for each request, on average over a run: where nearly all of them fail, retries only add to the load. */
export class RetryBudget {
  readonly #perRequest: number
  readonly #tries: Tries

  /** @param before how many there were before a restart */
  constructor({ retryBudget }: { retryBudget: number }, before: Tries = { requests: 0, retries: 0 }) {
    this.#perRequest = retryBudget
    this.#tries = { requests: before.requests, retries: before.retries }
  }

  get tries(): Tries {
    return { ...this.#tries }
  }

  /** A request begins. */
  request(): void {
    this.#tries.requests += 1
  }

  get isSpent(): boolean {
    return this.#tries.retries >= this.#tries.requests * this.#perRequest + FREE_RETRIES
  }

  /** A request is retried. */
  retry(): void {
    this.#tries.retries += 1
  }
}
