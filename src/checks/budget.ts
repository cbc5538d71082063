import { formatDollars, parseDollars, type Money } from '../money/index.ts'
import { check } from './check.ts'

export const budget = check({
  holds: 'No call is made after the budget is spent.',
  why: 'A budget that is checked only after the call cannot prevent overspending.',
  advice: 'Reserve the worst-case cost before each call, and reject a call that does not fit.',
  settings: {
    /** Maximum cost of a run, as the provider bills it, in dollars. Default: the limit that the orchestrator reports. */
    limit: undefined as Money | undefined,
  },
  *find(facts, { limit }) {
    if (limit !== undefined) {
      const most = parseDollars(limit)
      let spent = 0n
      for (const event of facts.events) {
        if (event.type !== 'call.ended' && event.type !== 'call.failed') continue
        const { at, cost, seq: billed } = event
        spent += BigInt(cost)
        if (spent <= most) continue
        const after = facts.calls.filter(({ seq }) => seq > billed)
        yield {
          at,
          what: `the provider billed ${formatDollars(spent)} against a budget of ${formatDollars(most)}${after.length > 0 ? `, and ${after.length} more call(s) were made` : ''}`,
          calls: after.map(({ call }) => call),
        }
        return
      }
      return
    }
    for (const { at, spent, limit: told } of facts.of('cost.checked')) {
      if (told === null || BigInt(spent) <= BigInt(told)) continue
      yield {
        at,
        what: `the orchestrator spent ${formatDollars(BigInt(spent))} of a budget of ${formatDollars(BigInt(told))}`,
      }
      return
    }
  },
})
