import type { CallRecord } from '../trace/index.ts'
import type { Facts } from './facts.ts'

/**
 * Who has rested for so long, beyond what the service asked for, begins anew: a poll, a new round. Only a backoff that
 * has grown to such pauses goes on. Milliseconds.
 */
export const REST_MS = 30_000
/** Shorter spans are no pace: who asks again at once after an answer goes on, and does not poll. Milliseconds. */
const MIN_PACE_MS = 1_000

/** A backoff that has grown goes on with a rest of less than so many times its longest pause. AsyncCaller of LangChain: 4. */
const GROWTH = 4

/** One request, as often as it was tried. */
export interface TriedRequest {
  /** How often it had been tried before the first of these calls, as its client says. */
  before: number
  /** Its calls: a new round begins where a rest is long, though the backoff may have grown to it. */
  rounds: CallRecord[][]
  /** The pauses before its calls, beyond what the service asked for, but for the first. Milliseconds. */
  pauses: number[]
  /** The longest of these pauses. Milliseconds. */
  longestMs: number
}

const known = new WeakMap<Facts, readonly TriedRequest[]>()

/**
 * How often in a row each call's request has been tried, 1 for its first time. A call that repeats a failure begins
 * anew after a restart, in another run or for another gather, after a rest, and at the pace at which the agent asks the
 * same after an answer too; also where the one before was given up because another call had brought an answer.
 */
export const triesOf = (facts: Facts): ReadonlyMap<number, number> =>
  new Map(
    requestsOf(facts).flatMap(({ before, rounds }) =>
      rounds.flatMap((calls, round) =>
        calls.map(({ call }, nth): [number, number] => [call, nth + 1 + (round === 0 ? before : 0)]),
      ),
    ),
  )

/** All requests with their tries. Several checks ask for them: they are gathered once. */
export function requestsOf(facts: Facts): readonly TriedRequest[] {
  let requests = known.get(facts)
  if (!requests) known.set(facts, (requests = gatherTries(facts)))
  return requests
}

function gatherTries(facts: Facts): readonly TriedRequest[] {
  const requests: TriedRequest[] = []
  const requestOf = new Map<number, TriedRequest>()
  const paces = pacesOf(facts)
  for (const call of facts.calls) {
    const before = call.retryOf === undefined ? undefined : facts.call(call.retryOf)
    const request = before && requestOf.get(before.call)
    const first = request?.rounds.at(-1)![0]
    const goesOn =
      request && !beginsAnew(facts, before, call) && !keepsPace(facts, paces, { first: first!, before, call })
    const pauseMs = goesOn ? pauseBetween(before, call) : 0
    if (!goesOn || hasRested(pauseMs, request.longestMs)) {
      const other = { before: request ? 0 : call.attempt - 1, rounds: [[call]], pauses: [], longestMs: 0 }
      requests.push(other)
      requestOf.set(call.call, other)
      continue
    }
    request.pauses.push(pauseMs)
    request.longestMs = Math.max(request.longestMs, pauseMs)
    if (pauseMs >= REST_MS) request.rounds.push([call])
    else request.rounds.at(-1)!.push(call)
    requestOf.set(call.call, request)
  }
  return requests
}

/** How long a client has paused, beyond what the service asked for. Milliseconds. */
const pauseBetween = (before: CallRecord, call: CallRecord): number =>
  call.arrivedAt - before.endedAt! - (before.retryAfterMs ?? 0)

/** Whether a pause is no part of a backoff: it is long, and no pause before it was nearly as long. */
export const hasRested = (pauseMs: number, longestMs: number): boolean =>
  pauseMs >= REST_MS && pauseMs >= GROWTH * longestMs

/** What is known of a request that was refused, too. */
type Sent = Pick<CallRecord, 'agent' | 'run' | 'seq'>

/** Whether what happened between two equal requests makes the second another one, such as a restart. */
export function isAnotherLife(facts: Facts, before: Sent, call: Sent): boolean {
  const isKnown = before.run !== undefined && call.run !== undefined
  const isOfAgent = ({ agent }: { agent: string }): boolean => agent === call.agent
  return (
    (isKnown ? before.run !== call.run : facts.between('run.started', before, call).length > 0) ||
    facts.between('run.resumed', before, call).length > 0 ||
    facts.between('agent.restarted', before, call).some(isOfAgent) ||
    facts.between('agent.spawned', before, call).some(isOfAgent) ||
    facts.between('gather.started', before, call).some(({ expected }) => expected.includes(call.agent))
  )
}

const beginsAnew = (facts: Facts, before: CallRecord, call: CallRecord): boolean =>
  isAnotherLife(facts, before, call) || (before.fault === 'disconnected' && facts.wasAnsweredAt(before.endedAt!))

/**
 * Whether an agent asks again as long after a failure, or after it has asked first, as it does where it is answered.
 */
const keepsPace = (
  { slackMs }: Facts,
  paces: ReadonlyMap<string, readonly number[]>,
  { first, before, call }: { first: CallRecord; before: CallRecord; call: CallRecord },
): boolean =>
  [call.arrivedAt - before.endedAt!, call.arrivedAt - first.arrivedAt].some((span) =>
    paces.get(contentOf(call))?.some((pace) => Math.abs(pace - span) <= slackMs),
  )

const contentOf = ({ agent, request }: CallRecord): string => `${agent}\u0000${request}`

/**
 * After what time agents ask the same again when it has been answered, mostly: from the answer, or from the question.
 */
function pacesOf({ calls }: Facts): ReadonlyMap<string, readonly number[]> {
  const repeated = new Set(calls.filter(({ retryOf }) => retryOf !== undefined).map(contentOf))
  const paces = new Map<string, number[]>()
  for (const content of repeated) paces.set(content, [])
  if (repeated.size === 0) return paces
  const asked = Map.groupBy(
    calls.filter((call) => repeated.has(contentOf(call))),
    contentOf,
  )
  for (const [content, all] of asked) {
    const after = all.flatMap((call, index) => {
      const before = all[index - 1]
      return before?.status === 'ended' ? [[call.arrivedAt - before.endedAt!, call.arrivedAt - before.arrivedAt]] : []
    })
    for (const kind of [0, 1])
      for (const [ms, times] of Map.groupBy(after, (spans) => spans[kind]!))
        if (ms >= MIN_PACE_MS && times.length * 2 >= after.length) paces.get(content)!.push(ms)
  }
  return paces
}

/** Headers tell whole seconds, or milliseconds that may be rounded. Milliseconds. */
const [SECOND_MS, ROUNDING_MS] = [1_000, 5]

/** Whether a client has waited for longer than it was told to, so that the pause is its own. */
export const isOwnPause = ({ retryAfterMs }: CallRecord, pauseMs: number): boolean =>
  !retryAfterMs || pauseMs > Math.ceil(retryAfterMs / SECOND_MS) * SECOND_MS + ROUNDING_MS
