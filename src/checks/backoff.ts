import { formatDuration } from '../clock/index.ts'
import type { CallRecord } from '../trace/index.ts'
import { check } from './check.ts'
import type { Facts } from './facts.ts'

/** A retry for which the client chose the pause itself. */
interface Retry {
  call: CallRecord
  attempt: number
  pauseMs: number
}

function retriesOf(facts: Facts): Retry[] {
  return facts.calls.flatMap((call) => {
    const before = call.retryOf === undefined ? undefined : facts.call(call.retryOf)
    // Where the service says how long to wait, or the client itself has given up or died, there is no pause to judge.
    if (!before || before.endedAt === undefined || before.retryAfterMs || before.fault === 'disconnected') return []
    if (facts.diedAt(before.endedAt)) return []
    return [{ call, attempt: call.attempt, pauseMs: call.arrivedAt - before.endedAt }]
  })
}

export const backoff = check({
  holds: 'Retries wait longer and longer, and not all for the same time.',
  why: 'A service that is overloaded gets more load by each failure, and clients that retry in step hit it together.',
  advice:
    'Wait a random time from zero to a bound that doubles with each attempt (exponential backoff with full jitter).',
  settings: {
    /** Retries in a row of one request without a pause that are one too many. */
    rush: 3,
    /** Shorter pauses are none. */
    pauseMs: 100,
    /** Retries with the very same pause that are one too many. */
    inStep: 5,
  },
  *find(facts, { rush, pauseMs, inStep }) {
    const retries = retriesOf(facts)
    const inARow = new Map<number, number>()
    for (const { call, pauseMs: paused } of retries) {
      const row = paused < pauseMs ? (inARow.get(call.retryOf!) ?? 0) + 1 : 0
      inARow.set(call.call, row)
      if (row === rush)
        yield {
          at: call.arrivedAt,
          what: `${call.agent} has sent the same request again ${rush} times with less than ${formatDuration(pauseMs)} after each failure`,
          calls: [call.call],
        }
    }
    if (facts.slackMs > 0) return
    for (const [attempt, all] of Map.groupBy(retries, (retry) => retry.attempt)) {
      const [most] = [...Map.groupBy(all, (retry) => retry.pauseMs)].toSorted((a, b) => b[1].length - a[1].length)
      if (!most || most[1].length < inStep || most[1].length < all.length * 0.8) continue
      yield {
        at: most[1][0]!.call.arrivedAt,
        what: `${most[1].length} of ${all.length} retries (attempt ${attempt}) came exactly ${formatDuration(most[0])} after their failure: without jitter`,
        calls: most[1].map(({ call }) => call.call),
      }
    }
  },
})
