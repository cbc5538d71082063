import { formatDollars } from '../money/index.ts'
import { check } from './check.ts'

export const claims = check({
  holds: 'What the orchestrator believes to have spent is what the provider bills.',
  why: 'Budgets and reports stand on the claim; a claim that is wrong makes them wrong.',
  advice:
    'Count the usage that each answer reports, cached tokens included, and book calls without a report as uncertain.',
  settings: {},
  *find(facts) {
    const claimed = facts.of('cost.claimed')
    if (claimed.length === 0 || facts.calls.some(({ status }) => status === 'open')) return
    for (const [agent, of] of Map.groupBy(claimed, (claim) => claim.agent)) {
      const known = of.reduce((sum, claim) => sum + BigInt(claim.known), 0n)
      const most = known + of.reduce((sum, claim) => sum + BigInt(claim.uncertain), 0n)
      const billed = (facts.callsOfAgent.get(agent) ?? []).reduce((sum, { cost }) => sum + BigInt(cost), 0n)
      if (known <= billed && billed <= most) continue
      const range = known === most ? formatDollars(known) : `${formatDollars(known)} to ${formatDollars(most)}`
      yield {
        at: facts.until,
        what: `${agent} is claimed to have cost ${range}, and the provider bills ${formatDollars(billed)}`,
      }
    }
  },
})
