import { formatDuration, type Duration } from '../clock/index.ts'
import type { CallRecord } from '../trace/index.ts'
import { check, type Found } from './check.ts'
import type { Facts } from './facts.ts'
import { isOwnPause, triesOf } from './tries.ts'

/** A retry for which the client chose the pause itself. */
interface Retry {
  call: CallRecord
  before: CallRecord
  tries: number
  pauseMs: number
}

/** Whether a client has learned of a failure, and goes on: one that has given up or died has no pause to judge. */
const hasLearned = (facts: Facts, { status, endedAt, fault }: CallRecord): boolean =>
  status === 'failed' && fault !== 'disconnected' && !facts.diedAt(endedAt!)

/** Whether a failure leaves the pause to its client: the service has not named it. */
const leavesPause = (facts: Facts, failure: CallRecord): boolean => !failure.retryAfterMs && hasLearned(facts, failure)

function retriesOf(facts: Facts): Retry[] {
  const triesOfCall = triesOf(facts)
  return facts.calls.flatMap((call) => {
    const before = call.retryOf === undefined ? undefined : facts.call(call.retryOf)
    const tries = triesOfCall.get(call.call)!
    if (!before || tries === 1 || facts.hasOwnTime(call) || !hasLearned(facts, before)) return []
    const pauseMs = call.arrivedAt - before.endedAt!
    return isOwnPause(before, pauseMs) ? [{ call, before, tries, pauseMs }] : []
  })
}

export const backoff = check({
  holds: 'Pauses between retries grow, and are randomized (jitter).',
  why: 'Immediate retries add load to an overloaded service, and clients that retry in step hit it at the same moment.',
  advice:
    'Wait a random time from zero to a bound that doubles with each attempt (exponential backoff with full jitter).',
  settings: {
    /** This many consecutive retries of one request without a pause are a violation. */
    rush: 3,
    /** A pause that is shorter than this duration counts as no pause. */
    pause: '100ms' as Duration,
    /** This many retries of concurrent requests after exactly the same pause are a violation. */
    inStep: 5,
  },
  *find(facts, { rush, pause, inStep }) {
    yield* rushes(facts, rush, pause)
    if (facts.slackMs > 0) return
    for (const [attempt, all] of Map.groupBy(retriesOf(facts), (retry) => retry.tries)) {
      const [most] = [...Map.groupBy(all, (retry) => retry.pauseMs)].toSorted((a, b) => b[1].length - a[1].length)
      if (!most || mostTogether(most[1]) < inStep || most[1].length < all.length * 0.8) continue
      yield {
        at: most[1][0]!.call.arrivedAt,
        what: `${most[1].length} of ${all.length} retries (attempt ${attempt}) came exactly ${formatDuration(most[0])} after the failure, without jitter`,
        calls: most[1].map(({ call }) => call.call),
        tune: { inStep: mostTogether(most[1]) + 1 },
      }
    }
  },
})

/**
 * Failures that were followed by the same request at once, again and again: whether it is a retry or the next of many
 * does not matter.
 */
function* rushes(facts: Facts, rush: number, pauseMs: number): Generator<Found> {
  for (const calls of Map.groupBy(facts.calls, ({ agent, request }) => `${agent}\u0000${request}`).values()) {
    if (calls.length <= rush || calls.some((call) => facts.hasOwnTime(call))) continue
    const rows = new Map<CallRecord, number>()
    let failures: CallRecord[] = []
    for (const call of calls) {
      // One that is under way may have failed by the time of the next.
      failures = failures.filter(({ endedAt = Number.POSITIVE_INFINITY }) => endedAt + pauseMs > call.arrivedAt)
      const before = failures.find((failure) => failure.endedAt! <= call.arrivedAt && leavesPause(facts, failure))
      const row = before ? rows.get(before)! + 1 : 0
      rows.set(call, row)
      failures = [...failures.filter((failure) => failure !== before), call]
      if (row === rush)
        yield {
          at: call.arrivedAt,
          what: `${call.agent} retried the same request ${rush} times, each less than ${formatDuration(pauseMs)} after the failure`,
          calls: [call.call],
        }
    }
  }
}

/** How many retries waited at the same time, at most: from the failed try to the next. */
function mostTogether(retries: readonly Retry[]): number {
  const changes = retries.flatMap(({ before, call }) => [
    { at: before.arrivedAt, by: 1 },
    { at: call.arrivedAt, by: -1 },
  ])
  let together = 0
  let most = 0
  // Who ends at a moment is not together with who begins then.
  for (const { by } of changes.toSorted((a, b) => a.at - b.at || a.by - b.by)) {
    together += by
    most = Math.max(most, together)
  }
  return most
}
