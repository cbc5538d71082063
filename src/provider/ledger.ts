import type { Usage } from '../trace/index.ts'

/** What the services bill for the calls of a run, an agent, a model or a service. */
export interface BilledCost {
  /** Number of calls, failed calls included. */
  calls: number
  /** Calls that were answered as they should be. */
  completed: number
  /** Number of failed calls. */
  failed: number
  /** The billed tokens of all calls. */
  usage: Usage
  /** Picodollars (10⁻¹² US dollars). */
  cost: bigint
}

/** One call as the ledger books it. */
export interface Entry {
  agent: string
  model: string
  provider: string
  usage: Usage
  /** Picodollars. */
  cost: bigint
  status: 'completed' | 'failed'
}

/** Names that have an account of their own; a server that runs for weeks may meet more of them. */
const MAX_ACCOUNTS = 20_000
/** The account of all that come later. */
const OTHERS = '(others)'

const nothingBilled = (): BilledCost => ({
  calls: 0,
  completed: 0,
  failed: 0,
  usage: { input: 0, cachedInput: 0, cacheWrite: 0, output: 0, reasoning: 0 },
  cost: 0n,
})

function add(account: BilledCost, { usage, status, cost }: Entry): void {
  account.calls += 1
  account[status] += 1
  account.usage.input += usage.input
  account.usage.cachedInput += usage.cachedInput
  account.usage.cacheWrite += usage.cacheWrite
  account.usage.output += usage.output
  account.usage.reasoning += usage.reasoning
  account.cost += cost
}

/**
 * What the provider bills: the truth that claims of the system under test are compared with.
 * Sums are exact: integers of picodollars, without limit.
 */
export class Ledger {
  readonly #total = nothingBilled()
  readonly #by = {
    agent: new Map<string, BilledCost>(),
    model: new Map<string, BilledCost>(),
    provider: new Map<string, BilledCost>(),
  }

  /**
   * Books a call that has ended.
   *
   * @internal
   */
  book(entry: Entry): void {
    add(this.#total, entry)
    for (const part of ['agent', 'model', 'provider'] as const) {
      const accounts = this.#by[part]
      const name = accounts.has(entry[part]) || accounts.size < MAX_ACCOUNTS ? entry[part] : OTHERS
      let account = accounts.get(name)
      if (!account) accounts.set(name, (account = nothingBilled()))
      add(account, entry)
    }
  }

  /** The whole orchestration. */
  get total(): Readonly<BilledCost> {
    return this.#total
  }

  /** By agent, in the order of their first booked call. */
  get byAgent(): ReadonlyMap<string, Readonly<BilledCost>> {
    return this.#by.agent
  }

  /** The bill by model. */
  get byModel(): ReadonlyMap<string, Readonly<BilledCost>> {
    return this.#by.model
  }

  /** By service, such as `openai`. */
  get byService(): ReadonlyMap<string, Readonly<BilledCost>> {
    return this.#by.provider
  }

  /** @deprecated The former name of `byService`. */
  get byProvider(): ReadonlyMap<string, Readonly<BilledCost>> {
    return this.#by.provider
  }

  /** One agent's account; an empty one for an agent that never called. */
  agent(name: string): Readonly<BilledCost> {
    return this.#by.agent.get(name) ?? nothingBilled()
  }
}
