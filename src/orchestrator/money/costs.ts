import { costOf, formatDollars, listedModel, parseDollars, type Prices } from '../../money/index.ts'
import type { Trace } from '../../trace/index.ts'
import { CompletionError } from '../service/failures.ts'
import type { Journal } from '../run/journal.ts'
import type { Settled } from '../settings.ts'
import type { Target } from '../service/target.ts'
import type { ChatMessage, ReportedUsage } from '../service/client.ts'

/** What somebody has spent, as the orchestrator knows it. Picodollars (10⁻¹² US dollars). */
export interface Claim {
  calls: number
  /** Tokens that the services have reported. */
  inputTokens: number
  outputTokens: number
  /** By the usage that the services have reported: exact. */
  known: bigint
  /** The most that calls without a report (broken connections, timeouts) may be billed. */
  uncertain: bigint
}

/** Money that is kept back for one call until it is known what the call costs. */
export interface Reservation {
  /** The service has reported its usage. Returns the cost. */
  settle(usage: ReportedUsage): bigint
  /** Nothing was billed. */
  release(): void
  /** Nobody knows what was billed: the worst case stays spent. */
  keep(): void
}

/** Tokens that frame a message, and a prompt: more than any service counts. */
const FRAME_TOKENS = 16

/** Byte pairs join bytes, so a text never has more tokens than bytes. */
const mostTokens = (messages: readonly ChatMessage[]): number =>
  messages.reduce((sum, { text }) => sum + Buffer.byteLength(text) + FRAME_TOKENS, FRAME_TOKENS)

const newClaim = (): Claim => ({ calls: 0, inputTokens: 0, outputTokens: 0, known: 0n, uncertain: 0n })

/**
 * What the orchestrator claims to have spent, by call, agent and in all, and the limit that it keeps to. The worst case of
 * a call is reserved before it is made, and settled after it, so that known, uncertain and reserved never exceed the limit.
 */
export class Costs {
  readonly limit: bigint | undefined
  readonly total: Claim
  readonly byAgent: Map<string, Claim>
  readonly #settings: Settled
  readonly #trace: Pick<Trace, 'append'>
  #journal: Journal | undefined
  #reserved = 0n

  /** @param before what was claimed before a restart */
  constructor(
    settings: Settled,
    trace: Pick<Trace, 'append'>,
    before: { total: Claim; byAgent: Map<string, Claim> } = { total: newClaim(), byAgent: new Map() },
  ) {
    this.total = before.total
    this.byAgent = before.byAgent
    this.#settings = settings
    this.#trace = trace
    this.limit = settings.budgetLimit === undefined ? undefined : parseDollars(settings.budgetLimit)
  }

  /** Keeps intents and claims from now on. */
  keepIn(journal: Journal): void {
    this.#journal = journal
  }

  /** A call was under way when the process ended: it may have been billed, up to its worst case. */
  bookUncertain(agent: string, model: string, worst: bigint): void {
    this.#book(agent, model, 0n, worst)
  }

  /** What is spent for sure or perhaps. */
  get spent(): bigint {
    return this.total.known + this.total.uncertain
  }

  /** Whether so much is spent that the cheaper model is to be asked. */
  get isTight(): boolean {
    const { fallbackAt } = this.#settings
    return this.limit !== undefined && Number(this.spent) >= Number(this.limit) * fallbackAt
  }

  #prices({ provider, model }: Target): Prices {
    const { prices } = this.#settings
    return (
      (Object.hasOwn(prices, model) ? prices[model] : undefined) ??
      listedModel(provider, model)?.prices ?? { input: 0, output: 0 }
    )
  }

  /** What an answer costs by its usage. */
  costOf(target: Target, usage: ReportedUsage): bigint {
    return BigInt(costOf(usage, this.#prices(target)))
  }

  /**
   * Keeps money back for one call.
   *
   * @throws CompletionError of kind `budget` if its worst case does not fit
   */
  reserve(agent: string, target: Target, messages: readonly ChatMessage[], maxTokens: number): Reservation {
    const prices = this.#prices(target)
    const input = mostTokens(messages)
    // All of it fresh, or all of it written to the cache: whichever costs more.
    const worst = [0, input]
      .map((cacheWrite) => BigInt(costOf({ input, cachedInput: 0, cacheWrite, output: maxTokens }, prices)))
      .reduce((a, b) => (a > b ? a : b))
    if (this.limit !== undefined && this.spent + this.#reserved + worst > this.limit) {
      const left = this.limit - this.spent - this.#reserved
      this.#trace.append({
        type: 'budget.refused',
        agent,
        model: target.model,
        worst: Number(worst),
        left: Number(left),
      })
      throw new CompletionError(
        'budget',
        `The budget of ${formatDollars(this.limit)} does not allow another call to ${target.model}: it may cost ${formatDollars(worst)}, ` +
          `and ${formatDollars(left)} is left (${formatDollars(this.spent)} spent, ${formatDollars(this.#reserved)} reserved for calls under way).`,
      )
    }
    this.#reserved += worst
    const intent = this.#journal?.intend(agent, target.model, worst)
    const close = (known: bigint, uncertain: bigint, usage?: ReportedUsage): void => {
      this.#reserved -= worst
      this.#book(agent, target.model, known, uncertain, usage)
      if (intent !== undefined) this.#journal!.settled(intent)
    }
    return {
      settle: (usage) => {
        const cost = this.costOf(target, usage)
        close(cost, 0n, usage)
        return cost
      },
      release: () => close(0n, 0n),
      keep: () => close(0n, worst),
    }
  }

  #book(agent: string, model: string, known: bigint, uncertain: bigint, usage?: ReportedUsage): void {
    for (const claim of [this.#account(agent), this.total]) {
      claim.calls += 1
      claim.inputTokens += usage?.input ?? 0
      claim.outputTokens += usage?.output ?? 0
      claim.known += known
      claim.uncertain += uncertain
    }
    this.#trace.append({
      type: 'cost.claimed',
      agent,
      model,
      known: Number(known),
      uncertain: Number(uncertain),
      inputTokens: usage?.input ?? 0,
      outputTokens: usage?.output ?? 0,
    })
    if (this.total.calls % this.#settings.checkEvery === 0)
      this.#trace.append({ type: 'cost.checked', spent: this.spent.toString(), limit: this.limit?.toString() ?? null })
  }

  #account(agent: string): Claim {
    let account = this.byAgent.get(agent)
    if (!account) this.byAgent.set(agent, (account = newClaim()))
    return account
  }
}
