import { formatDuration, type Duration } from '../clock/index.ts'
import { check } from './check.ts'

/** Headers may round to whole milliseconds. */
const ROUNDING_MS = 5

export const retryAfter = check({
  holds: 'No request is retried before the time in the `retry-after` header.',
  why: 'An earlier retry fails, counts against the limit, and can extend the limit.',
  advice: 'Wait for `retry-after` if the response has one; otherwise use your own backoff.',
  settings: {
    /**
     * Official clients retry by their own backoff if `retry-after` is longer than this duration. The check then reports
     * only a client that repeats the request again and again.
     */
    longest: '1m' as Duration,
    /** This many early retries of one request are allowed after a longer `retry-after`. */
    early: 2,
  },
  *find(facts, { longest, early }) {
    /** How many retries in a row came before the time, up to each call. */
    const rows = new Map<number, number>()
    for (const call of facts.calls) {
      const before = call.retryOf === undefined ? undefined : facts.call(call.retryOf)
      if (facts.hasOwnTime(call)) continue
      if (!before?.retryAfterMs || before.endedAt === undefined || facts.diedAt(before.endedAt)) continue
      const waited = call.arrivedAt - before.endedAt
      if (waited + ROUNDING_MS + facts.slackMs >= before.retryAfterMs) continue
      const row = (rows.get(before.call) ?? 0) + 1
      rows.set(call.call, row)
      const isLong = before.retryAfterMs > longest
      if (isLong && row !== early + 1) continue
      yield {
        at: call.arrivedAt,
        what: `${before.provider} told ${call.agent} to wait for ${formatDuration(before.retryAfterMs)}, and ${call.agent} retried after ${formatDuration(waited)}${isLong ? `; ${row} retries came so early` : ''}`,
        calls: [before.call, call.call],
        ...(!isLong && { tune: {} }),
      }
    }
  },
})
