import type { CallRecord } from '../trace/index.ts'
import type { Facts } from './facts.ts'

/** Who has rested for so long, beyond what the service asked for, begins anew: a poll, a new round. Milliseconds. */
const REST_MS = 30_000
/** Shorter spans are no pace: who asks again at once after an answer goes on, and does not poll. Milliseconds. */
const MIN_PACE_MS = 1_000

const known = new WeakMap<Facts, ReadonlyMap<number, number>>()

/**
 * How often in a row each call's request has been tried, 1 for its first time. A call that repeats a failure begins
 * anew after a restart, in another run or for another gather, after a rest, and at the pace at which the agent asks the
 * same after an answer too; also where the one before was given up because another call had brought an answer. Several
 * checks ask for them: they are counted once.
 */
export function triesOf(facts: Facts): ReadonlyMap<number, number> {
  let tries = known.get(facts)
  if (!tries) known.set(facts, (tries = countTries(facts)))
  return tries
}

function countTries(facts: Facts): ReadonlyMap<number, number> {
  const tries = new Map<number, { nth: number; first: CallRecord }>()
  const paces = pacesOf(facts)
  for (const call of facts.calls) {
    const before = call.retryOf === undefined ? undefined : facts.call(call.retryOf)
    const last = before && tries.get(before.call)
    const isNew =
      last && (beginsAnew(facts, before, call) || keepsPace(facts, paces, { first: last.first, before, call }))
    tries.set(
      call.call,
      last && !isNew ? { ...last, nth: last.nth + 1 } : { nth: last ? 1 : call.attempt, first: call },
    )
  }
  return new Map([...tries].map(([call, { nth }]) => [call, nth]))
}

function beginsAnew(facts: Facts, before: CallRecord, call: CallRecord): boolean {
  const isKnown = before.run !== undefined && call.run !== undefined
  const isOfAgent = ({ agent }: { agent: string }): boolean => agent === call.agent
  return (
    (isKnown ? before.run !== call.run : facts.between('run.started', before, call).length > 0) ||
    facts.between('run.resumed', before, call).length > 0 ||
    facts.between('agent.restarted', before, call).some(isOfAgent) ||
    facts.between('agent.spawned', before, call).some(isOfAgent) ||
    facts.between('gather.started', before, call).some(({ expected }) => expected.includes(call.agent)) ||
    call.arrivedAt - before.endedAt! - (before.retryAfterMs ?? 0) >= REST_MS ||
    (before.fault === 'disconnected' && facts.wasAnsweredAt(before.endedAt!))
  )
}

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
