import { check, type Found } from './check.ts'
import type { Facts } from './facts.ts'

export const runaway = check({
  holds: 'No loop of events or calls that feeds itself.',
  why: 'Two agents that answer each other for ever spend a month’s budget in a night.',
  advice: 'Bound how often an event may lead to another, and end a conversation that makes no progress.',
  settings: {
    /** Calls of one agent in a row, with nobody else in between, that are one too many. */
    inARow: 500,
    /** Answers, each of which was the next question, that are one too many. */
    exchanges: 1_000,
  },
  *find(facts, { inARow, exchanges }) {
    for (const { at, event, hops } of facts.of('event.cut'))
      yield { at, what: `the event "${event}" has led to another ${hops} times; the chain was cut` }
    yield* exchangesWithoutEnd(facts, exchanges)
    let row = 0
    let agent: string | undefined
    for (const call of facts.calls) {
      row = call.agent === agent ? row + 1 : 1
      agent = call.agent
      if (row === inARow && facts.callsOfAgent.size > 1)
        yield { at: call.arrivedAt, what: `${agent} has made ${inARow} calls in a row while nobody else did anything` }
    }
  },
})

/** Chains of answers that were handed on as the next question. */
function* exchangesWithoutEnd(facts: Facts, most: number): Generator<Found> {
  const handingOn = facts.of('call.arrived').filter(({ causes }) => causes.length > 0)
  if (handingOn.length < most) return
  const callThatEnded = new Map(facts.of('call.ended').map(({ seq, call }) => [seq, call]))
  /** How many answers have led to a call. */
  const depths = new Map<number, number>()
  for (const { at, call, agent, causes } of handingOn) {
    const before = callThatEnded.get(causes[0]!)
    if (before === undefined) continue
    const depth = (depths.get(before) ?? 0) + 1
    depths.set(call, depth)
    if (depth === most)
      yield {
        at,
        what: `${agent} and ${facts.call(before)?.agent} have handed each other's answers on as the next question ${most} times`,
        calls: [before, call],
      }
  }
}
