import { costOf, formatDollars, parseDollars, type Prices } from '../../money/index.ts'
import type { Trace } from '../../trace/index.ts'
import { CompletionError } from '../service/failures.ts'
import type { ResolvedOrchestratorSettings } from '../settings.ts'
import type { Target } from '../service/target.ts'
import type { ChatMessage, ReportedUsage } from '../service/client.ts'
import { nothingReported, type ReportedCost } from './reported-cost.ts'
import type { IntentLog } from './intent-log.ts'
import { pricesOf } from './prices.ts'

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

/** What a model without a price costs, where no budget asks. */
const FREE: Prices = { input: 0, output: 0 }

/** Byte pairs join bytes, so a text never has more tokens than bytes. */
const maxInputTokens = (messages: readonly ChatMessage[]): number =>
  messages.reduce((sum, { text }) => sum + Buffer.byteLength(text) + FRAME_TOKENS, FRAME_TOKENS)

/**
 * What the orchestrator claims to have spent, by call, agent and in all, and the limit that it keeps to. The worst case of
 * a call is reserved before it is made, and settled after it, so that known, uncertain and reserved never exceed the limit.
 */
export class Costs {
  readonly limit: bigint | undefined
  readonly total: ReportedCost
  readonly byAgent: Map<string, ReportedCost>
  readonly #settings: ResolvedOrchestratorSettings
  readonly #trace: Pick<Trace, 'append'>
  /** Of the targets that were asked, by provider and model: the price table takes its time. */
  readonly #prices = new Map<string, Prices | undefined>()
  #intents: IntentLog | undefined
  #reserved = 0n

  /** @param before what was claimed before a restart */
  constructor(
    settings: ResolvedOrchestratorSettings,
    trace: Pick<Trace, 'append'>,
    before: { total: ReportedCost; byAgent: Map<string, ReportedCost> } = {
      total: nothingReported(),
      byAgent: new Map(),
    },
  ) {
    this.total = before.total
    this.byAgent = before.byAgent
    this.#settings = settings
    this.#trace = trace
    this.limit = settings.budgetLimit === undefined ? undefined : parseDollars(settings.budgetLimit)
  }

  /** Keeps intents and claims from now on. */
  keepIn(intents: IntentLog): void {
    this.#intents = intents
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

  /** What an answer costs by its usage. */
  costOf(target: Target, usage: ReportedUsage): bigint {
    return BigInt(costOf(usage, this.#pricesOf(target) ?? FREE))
  }

  #pricesOf(target: Target): Prices | undefined {
    const key = `${target.provider}/${target.model}`
    if (!this.#prices.has(key)) this.#prices.set(key, pricesOf(target, this.#settings.prices))
    return this.#prices.get(key)
  }

  /**
   * Keeps money back for one call.
   *
   * @throws CompletionError of kind `budget` if its worst case does not fit, or nobody knows what it is
   */
  reserve(agent: string, target: Target, messages: readonly ChatMessage[], maxTokens: number): Reservation {
    const prices = this.#pricesWithin(agent, target)
    const input = maxInputTokens(messages)
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
        `The budget of ${formatDollars(this.limit)} does not allow another call to ${target.model}: the call may cost ${formatDollars(worst)}, ` +
          `and ${formatDollars(left)} remains (${formatDollars(this.spent)} spent, ${formatDollars(this.#reserved)} reserved for calls in flight).`,
      )
    }
    this.#reserved += worst
    const intent = this.#intents?.intend(agent, target.model, worst)
    const close = (known: bigint, uncertain: bigint, usage?: ReportedUsage): void => {
      this.#reserved -= worst
      this.#book(agent, target.model, known, uncertain, usage)
      if (intent !== undefined) this.#intents!.settled(intent)
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

  /** @throws CompletionError: a budget cannot be kept where a price is not known */
  #pricesWithin(agent: string, target: Target): Prices {
    const prices = this.#pricesOf(target)
    if (prices || this.limit === undefined) return prices ?? FREE
    this.#trace.append({
      type: 'budget.refused',
      agent,
      model: target.model,
      worst: Number.MAX_SAFE_INTEGER,
      left: Number(this.limit - this.spent - this.#reserved),
    })
    throw new CompletionError(
      'budget',
      `The budget of ${formatDollars(this.limit)} cannot be enforced, because ${target.name} has no known price. ` +
        `Set the price in orchestrator.prices: { '${target.model}': { input: …, output: … } }, in US dollars per million tokens.`,
    )
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

  #account(agent: string): ReportedCost {
    let account = this.byAgent.get(agent)
    if (!account) this.byAgent.set(agent, (account = nothingReported()))
    return account
  }
}
