import type { CallRecord } from '../trace/index.ts'
import { check, list, type Found } from './check.ts'
import { explosions } from './explosion.ts'
import type { Facts } from './facts.ts'

/** Who asks the same so soon after the answer has not waited for anything else. Milliseconds. */
const AT_ONCE_MS = 1_000
/** An agent that takes longer to do what its model has asked for has something to do. Milliseconds. */
const REST_MS = 30_000

export const runaway = check({
  holds: 'No chain of events or calls continues without end.',
  why: 'Two agents that answer each other without end spend a month’s budget in a night.',
  advice:
    'Limit how many events can follow from one event, in a chain and at once, and end a conversation that makes no progress.',
  settings: {
    /**
     * This many consecutive calls with the same content, or GET requests for the same resource, each right after the
     * previous answer, are a violation.
     */
    again: 500,
    /**
     * This many consecutive steps of one agent with the same tool calls, the same arguments and the same results are a
     * violation.
     */
    sameTools: 25,
    /** This many answers in a chain, each of which led to the next call, are a violation. */
    exchanges: 1_000,
    /**
     * This many calls are a violation if the answers before them led to them, and those to more calls each time (an
     * event that several agents answer by further events).
     */
    breadth: 500,
    /** This many consecutive calls of one agent, with no other agent between them, are a violation. Default: no limit. */
    inARow: undefined as number | undefined,
  },
  *find(facts, { again, sameTools, exchanges, breadth, inARow = Number.POSITIVE_INFINITY }) {
    for (const { at, event, hops } of facts.of('event.dropped'))
      yield {
        at,
        what: `the event "${event}" was at the end of a chain of ${hops} events; the orchestrator cut the chain`,
        tune: {},
      }
    yield* exchangesWithoutEnd(facts, exchanges)
    yield* toolsAgain(facts, sameTools)
    yield* explosions(facts, breadth)
    for (const calls of Map.groupBy(facts.calls, ({ conversation }) => conversation).values()) {
      yield* chains(calls, isSame, again, ({ agent }) => `${agent} sent the same request ${again} times in a row`)
      yield* chains(
        calls,
        isNextStep,
        exchanges,
        ({ agent }) => `${agent} took ${exchanges} steps in a row, each requested by a tool call of its own`,
      )
    }
    yield* busyPolls(facts, again)
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

/** A tool that takes longer may have waited for something to change. Milliseconds. */
const BUSY_MS = 5_000

/** Steps with the same tools and the same results, each right after the answer that asked for it. */
function* toolsAgain(facts: Facts, most: number): Generator<Found> {
  /** The loop that goes on with each call: how often its steps have come, and where that was too often. */
  const loops = new Map<number, { times: number; from: number; last: CallRecord; tooMany: CallRecord | undefined }>()
  for (const call of facts.calls) {
    if (call.repeated < 2) continue
    const before = call.continues === undefined ? undefined : facts.call(call.continues)
    if (before?.endedAt === undefined || call.arrivedAt - before.endedAt > BUSY_MS) continue
    const loop = loops.get(before.call) ?? { times: 1, from: call.repeated - 1, last: call, tooMany: undefined }
    loops.delete(before.call)
    loop.times = call.repeated - loop.from + 1
    loop.last = call
    if (loop.times >= most) loop.tooMany ??= call
    loops.set(call.call, loop)
  }
  for (const { times, last, tooMany } of loops.values())
    if (tooMany)
      yield {
        at: tooMany.arrivedAt,
        what: `${last.agent} called ${list(last.repeatedTools)} ${times} times in a row with the same arguments, and got the same result each time`,
        calls: [tooMany.call],
        tune: { sameTools: times + 1 },
      }
}

/** Who asks again sooner does not wait between two looks. Milliseconds. */
const LOOK_MS = 100

/** The status with which a connection goes on as a WebSocket. */
const SWITCHING = 101

/** Requests for one resource, such as a batch, again and again without a pause. */
function* busyPolls(facts: Facts, most: number): Generator<Found> {
  const resources = facts.of('resource.answered')
  // A WebSocket is opened by a GET, and what is said on it is no look at anything.
  const live = new Set(resources.flatMap(({ status, provider, path }) => (status === SWITCHING ? provider + path : [])))
  const answered = resources.filter(({ method, provider, path }) => method === 'GET' && !live.has(provider + path))
  if (answered.length < most) return
  for (const looks of Map.groupBy(answered, ({ agent, provider, path }) => `${agent} ${provider}${path}`).values()) {
    let row = 1
    for (const [index, look] of looks.entries()) {
      const before = looks[index - 1]
      row = before && look.at - before.at < LOOK_MS ? row + 1 : 1
      if (row !== most) continue
      const { at, agent, provider, path } = look
      yield {
        at,
        what: `${agent ?? 'the system'} requested GET ${path} of ${provider} ${most} times in a row, each less than ${LOOK_MS}ms after the answer: it polls without a pause`,
        why: 'A poll without a pause uses up the rate limit of the service, and the processor of the program.',
        advice: 'Pause between two polls: seconds for a background response, a minute for a batch.',
      }
      break
    }
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
      yield {
        at: call.arrivedAt,
        what: `${agent} made ${most} calls in a row, and no other agent did anything`,
        calls: [call.call],
      }
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
