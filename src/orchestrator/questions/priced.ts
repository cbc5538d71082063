import type { Costs } from '../money/costs.ts'
import { CompletionError } from '../service/failures.ts'
import type { Completion, Policy } from './completion.ts'

/** Keeps money back for the worst case of each call, and books what it has cost. A call that does not fit is not made. */
export const priced =
  (costs: Pick<Costs, 'reserve'>): Policy =>
  (complete) =>
  async (question, signal) => {
    const { agent, target, messages, maxTokens } = question
    const reservation = costs.reserve(agent, target, messages, maxTokens)
    let completion: Completion
    try {
      completion = await complete(question, signal)
    } catch (error) {
      if (error instanceof CompletionError && !error.mayBeBilled && !signal.aborted) reservation.release()
      else reservation.keep()
      throw error
    }
    return { ...completion, cost: reservation.settle(completion.usage) }
  }
