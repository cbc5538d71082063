import { check } from './check.ts'

export const runaway = check({
  holds: 'No loop of events or calls that feeds itself.',
  why: 'Two agents that answer each other for ever spend a month’s budget in a night.',
  advice: 'Bound how often an event may lead to another, and end a conversation that makes no progress.',
  settings: {
    /** Calls of one agent in a row, with nobody else in between, that are one too many. */
    inARow: 500,
  },
  *find(facts, { inARow }) {
    for (const { at, event, hops } of facts.of('event.cut'))
      yield { at, what: `the event "${event}" has led to another ${hops} times; the chain was cut` }
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
