import { formatDuration } from '../clock/index.ts'
import { check, list } from './check.ts'

export const timeouts = check({
  holds: 'A gather ends within twice its timeout.',
  why: 'A late timeout delays every step that depends on the result.',
  advice: 'Use one deadline for the gather and all calls in it; do not run timeouts one after another.',
  settings: {
    /** A gather may take this many times its timeout. */
    factor: 2,
  },
  *find(facts, { factor }) {
    for (const { name, expected, startedAt, endedAt, timeoutMs, missing } of facts.gathers) {
      if (timeoutMs === null) continue
      // A gather that goes on after a pause or a restart waits anew for what was left of its time.
      const resumedAt = facts.of('run.resumed').findLast(({ at }) => at > startedAt && at <= (endedAt ?? at))?.at
      const took = (endedAt ?? facts.until) - (resumedAt ?? startedAt)
      if (took <= timeoutMs * factor + facts.slackMs) continue
      const end = endedAt === undefined ? 'and has not ended' : 'until it ended'
      yield {
        at: startedAt,
        what: `the gather "${name}" has a timeout of ${formatDuration(timeoutMs)}, and the gather took ${formatDuration(took)} ${end}${missing.length > 0 ? ` (missing: ${list(missing)})` : ''}`,
        calls: facts.numbersBetween(expected, startedAt, endedAt),
        tune: { factor: Math.ceil(took / timeoutMs) },
      }
    }
  },
})
