import { formatDuration } from '../clock/index.ts'
import { check } from './check.ts'

export const retryAfter = check({
  holds: 'No request is retried before the time in the `retry-after` header.',
  why: 'An earlier retry fails, counts against the limit, and can extend the limit.',
  advice: 'Wait for `retry-after` if the response has one; otherwise use your own backoff.',
  settings: {},
  *find(facts) {
    for (const call of facts.calls) {
      const before = call.retryOf === undefined ? undefined : facts.call(call.retryOf)
      if (facts.hasOwnTime(call)) continue
      if (!before?.retryAfterMs || before.endedAt === undefined || facts.diedAt(before.endedAt)) continue
      const waited = call.arrivedAt - before.endedAt
      // Headers may round to whole milliseconds.
      if (waited + 5 + facts.slackMs < before.retryAfterMs)
        yield {
          at: call.arrivedAt,
          what: `${before.provider} told ${call.agent} to wait for ${formatDuration(before.retryAfterMs)}, and ${call.agent} retried after ${formatDuration(waited)}`,
          calls: [before.call, call.call],
        }
    }
  },
})
