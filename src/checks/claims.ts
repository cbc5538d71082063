import { formatDollars } from '../money/index.ts'
import { check } from './check.ts'

/** Callers that are named where the orchestrator has other names for its agents. */
const MAX_CALLERS = 5

export const claims = check({
  holds: 'The cost that the orchestrator reports equals the cost that the provider bills.',
  why: 'Budgets and reports are based on the reported cost.',
  advice: 'Add up the usage in each answer, cached tokens included, and record calls without usage as uncertain.',
  settings: {},
  *find(facts) {
    const claimed = facts.of('cost.claimed')
    const open = new Set(facts.calls.filter(({ status }) => status === 'open').map(({ agent }) => agent))
    if (claimed.length === 0) return
    const claims = Map.groupBy(claimed, ({ agent }) => agent)
    // A run that has died may have had no time to claim anything.
    const isWhole = facts.of('run.resumed').length === 0 && facts.runs.every(({ status }) => status === 'completed')
    // What a test asks itself is no part of what it tests, if nobody claims it.
    const calling = facts.calls.flatMap(({ agent, run }) => (isWhole && run !== null ? [agent] : []))
    const callers = [...facts.callsOfAgent.keys()].slice(0, MAX_CALLERS)
    for (const agent of new Set([...claims.keys(), ...calling])) {
      const of = claims.get(agent) ?? []
      // What is under way is billed at its end.
      if (open.has(agent)) continue
      const known = of.reduce((sum, claim) => sum + BigInt(claim.known), 0n)
      const most = known + of.reduce((sum, claim) => sum + BigInt(claim.uncertain), 0n)
      const calls = facts.callsOfAgent.get(agent) ?? []
      const billed = calls.reduce((sum, { cost }) => sum + BigInt(cost), 0n)
      if (known <= billed && billed <= most) continue
      const range = known === most ? formatDollars(known) : `${formatDollars(known)} to ${formatDollars(most)}`
      yield {
        at: facts.over,
        what:
          calls.length > 0 || callers.length === 0
            ? `the orchestrator reports a cost of ${range} for ${agent}, and the provider bills ${formatDollars(billed)}`
            : `the orchestrator reports a cost of ${range} for ${agent}, which made no call: calls came from ${callers.join(', ')}`,
        calls: calls.map(({ call }) => call),
      }
    }
  },
})
