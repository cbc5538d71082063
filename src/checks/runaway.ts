import type { CallRecord } from '../trace/index.ts'
import { check, type Found } from './check.ts'
import type { Facts } from './facts.ts'

/** Who asks the same so soon after the answer has not waited for anything else. Milliseconds. */
const AT_ONCE_MS = 1_000
/** An agent that takes longer to do what its model has asked for has something to do. Milliseconds. */
const REST_MS = 30_000

export const runaway = check({
  holds: 'No chain of events or calls continues without end.',
  why: 'Two agents that answer each other without end spend a month’s budget in a night.',
  advice: 'Limit how many events can follow from one event, and end a conversation that makes no progress.',
  settings: {
    /** This many consecutive calls with the same content, each right after the previous answer, are a violation. */
    again: 500,
    /** This many answers in a chain, each of which led to the next call, are a violation. */
    exchanges: 1_000,
    /** This many consecutive calls of one agent, with no other agent between them, are a violation. Default: no limit. */
    inARow: undefined as number | undefined,
  },
  *find(facts, { again, exchanges, inARow = Number.POSITIVE_INFINITY }) {
    for (const { at, event, hops } of facts.of('event.dropped'))
      yield {
        at,
        what: `the event "${event}" was at the end of a chain of ${hops} events; the orchestrator cut the chain`,
      }
    yield* exchangesWithoutEnd(facts, exchanges)
    for (const calls of Map.groupBy(facts.calls, ({ conversation }) => conversation).values()) {
      yield* chains(calls, isSame, again, ({ agent }) => `${agent} sent the same request ${again} times in a row`)
      yield* chains(
        calls,
        isNextStep,
        exchanges,
        ({ agent }) => `${agent} took ${exchanges} steps in a row, each requested by a tool call of its own`,
      )
    }
    yield* rows(facts, inARow)
  },
})

const isSame = (before: CallRecord, call: CallRecord): boolean =>
  call.request === before.request && call.arrivedAt - before.endedAt! <= AT_ONCE_MS

const isNextStep = (before: CallRecord, call: CallRecord): boolean =>
  before.finish === 'tool_calls' && call.turn > before.turn && call.arrivedAt - before.endedAt! <= REST_MS

/** Chains of calls, each of which follows the answer to the one before. */
function* chains(
  calls: readonly CallRecord[],
  follows: (before: CallRecord, call: CallRecord) => boolean,
  most: number,
  what: (call: CallRecord) => string,
): Generator<Found> {
  if (calls.length < most) return
  let length = 1
  for (const [index, call] of calls.entries()) {
    const before = calls[index - 1]
    const isAnswered = before?.status === 'ended' && before.endedAt! <= call.arrivedAt
    length = isAnswered && follows(before, call) ? length + 1 : 1
    if (length === most) yield { at: call.arrivedAt, what: what(call), calls: [call.call] }
  }
}

/** Calls of one agent while others, of which there are some, do nothing. */
function* rows(facts: Facts, most: number): Generator<Found> {
  if (facts.callsOfAgent.size < 2) return
  let row = 0
  let agent: string | undefined
  for (const call of facts.calls) {
    row = call.agent === agent ? row + 1 : 1
    agent = call.agent
    if (row === most)
      yield { at: call.arrivedAt, what: `${agent} made ${most} calls in a row, and no other agent did anything` }
  }
}

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
        what: `${agent} and ${facts.call(before)?.agent} answered each other ${most} times: each answer was the next question`,
        calls: [before, call],
      }
  }
}
