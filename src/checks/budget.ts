import { formatDollars, parseDollars, type Money } from '../money/index.ts'
import type { CallRecord } from '../trace/index.ts'
import { check, list } from './check.ts'
import type { Facts } from './facts.ts'

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
        const { at, cost, seq: billed, call } = event
        spent += BigInt(cost)
        if (spent <= most) continue
        const after = facts.calls.filter(({ seq }) => seq > billed)
        const more = after.length > 0 ? `, and ${after.length} more call(s) were made: ${callsText(after)}` : ''
        const open = inProgress(facts, billed)
        const passing = facts.calls.filter((other) => other.call === call)
        const final = facts.calls.reduce((sum, other) => sum + other.cost, 0n)
        yield {
          at,
          what: [
            `the provider billed ${formatDollars(spent)} against a budget of ${formatDollars(most)}${more}`,
            `${callsText(passing)} passed it${open.length > 0 ? `, with ${callsText(open)} in progress` : ''}`,
            ...finalText(final, spent, most),
          ].join('; '),
          calls: [...passing, ...open, ...after].map((other) => other.call),
        }
        return
      }
      return
    }
    for (const { at, seq, spent, limit: told } of facts.of('cost.checked')) {
      if (told === null || BigInt(spent) <= BigInt(told)) continue
      const open = inProgress(facts, seq)
      const final = BigInt(facts.of('cost.checked').at(-1)!.spent)
      yield {
        at,
        what: [
          `the orchestrator spent ${formatDollars(BigInt(spent))} of a budget of ${formatDollars(BigInt(told))}${open.length > 0 ? `, with ${callsText(open)} in progress` : ''}`,
          ...finalText(final, BigInt(spent), BigInt(told)),
        ].join('; '),
        calls: open.map(({ call }) => call),
      }
      return
    }
  },
})

/** The calls that had begun, and had not ended, at a place of the trace. */
function inProgress(facts: Facts, place: number): CallRecord[] {
  const ended = new Set(
    [...facts.of('call.ended'), ...facts.of('call.failed')].flatMap(({ seq, call }) => (seq <= place ? [call] : [])),
  )
  return facts.calls.filter(({ seq, call }) => seq < place && !ended.has(call))
}

/** Calls by their agents: `call 3 of ann, calls 4, 6 of ben`. */
const callsText = (calls: readonly CallRecord[]): string =>
  list(
    [...Map.groupBy(calls, ({ agent }) => agent)].map(
      ([agent, all]) => `${all.length > 1 ? 'calls' : 'call'} ${list(all.map(({ call }) => `${call}`))} of ${agent}`,
    ),
  )

/** What was spent in the end, where it was more. */
const finalText = (final: bigint, spent: bigint, most: bigint): string[] =>
  final === spent
    ? []
    : [
        `the final sum is ${formatDollars(final)}${most > 0n ? `, ${(final * 100n + most / 2n) / most}% of the budget` : ''}`,
      ]
