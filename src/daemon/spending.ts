import type { RunStore } from '../store/index.ts'
import type { EventOf } from '../trace/index.ts'

/** Books what a call has cost, by the minute. A store that fails is told of elsewhere. */
export function bookClaim(store: RunStore, run: string, claim: EventOf<'cost.claimed'>): void {
  const { agent, model, known, uncertain, inputTokens = 0, outputTokens = 0 } = claim
  try {
    store.spending.add(run, agent, model, {
      calls: 1,
      input: inputTokens,
      output: outputTokens,
      known: BigInt(known),
      uncertain: BigInt(uncertain),
    })
  } catch {
    // system:health says so.
  }
}
