import type { Usage } from '../trace/index.ts'

/** What somebody has used and what it costs. */
export interface Account {
  calls: number
  /** Calls that were answered as they should be. */
  completed: number
  failed: number
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

const emptyAccount = (): Account => ({
  calls: 0,
  completed: 0,
  failed: 0,
  usage: { input: 0, cachedInput: 0, cacheWrite: 0, output: 0, reasoning: 0 },
  cost: 0n,
})

function add(account: Account, { usage, status, cost }: Entry): void {
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
  readonly #total = emptyAccount()
  readonly #by = {
    agent: new Map<string, Account>(),
    model: new Map<string, Account>(),
    provider: new Map<string, Account>(),
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
      if (!account) accounts.set(name, (account = emptyAccount()))
      add(account, entry)
    }
  }

  /** The whole orchestration. */
  get total(): Readonly<Account> {
    return this.#total
  }

  /** By agent, in the order of their first booked call. */
  get byAgent(): ReadonlyMap<string, Readonly<Account>> {
    return this.#by.agent
  }

  get byModel(): ReadonlyMap<string, Readonly<Account>> {
    return this.#by.model
  }

  get byProvider(): ReadonlyMap<string, Readonly<Account>> {
    return this.#by.provider
  }

  /** One agent's account; an empty one for an agent that never called. */
  agent(name: string): Readonly<Account> {
    return this.#by.agent.get(name) ?? emptyAccount()
  }
}
