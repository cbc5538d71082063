import { formatDuration } from '../clock/index.ts'
import { check } from './check.ts'

export const retryAfter = check({
  holds: 'Nobody tries again before the time that the service has named.',
  why: 'A try before that time fails for sure, counts against the limit, and may lead to a longer ban.',
  advice: 'Wait for `retry-after` where the answer has one, and only then by your own backoff.',
  settings: {},
  *find(facts) {
    for (const call of facts.calls) {
      const before = call.retryOf === undefined ? undefined : facts.call(call.retryOf)
      if (!before?.retryAfterMs || before.endedAt === undefined || facts.diedAt(before.endedAt)) continue
      const waited = call.arrivedAt - before.endedAt
      // Headers may round to whole milliseconds.
      if (waited + 5 + facts.slackMs < before.retryAfterMs)
        yield {
          at: call.arrivedAt,
          what: `${call.agent} was told by ${before.provider} to wait for ${formatDuration(before.retryAfterMs)} and tried again after ${formatDuration(waited)}`,
          calls: [before.call, call.call],
        }
    }
  },
})
