import { formatDuration } from '../clock/index.ts'
import { check } from './check.ts'
import { endOf } from './facts.ts'

export const isolation = check({
  holds: 'An agent that others do not wait for does not delay them.',
  why: 'One slow agent then holds up everybody, and the timeout that was to prevent it does nothing.',
  advice: 'Go on when the gather is over; do not wait for all calls after it (Promise.all, a barrier between steps).',
  settings: {
    /** Shorter delays do not count. */
    delayMs: 1_000,
  },
  *find(facts, { delayMs }) {
    const near = 10 + facts.slackMs
    for (const gather of facts.gathers) {
      const { endedAt, received, missing } = gather
      if (endedAt === undefined || missing.length === 0) continue
      // Calls that were given up, and went on nevertheless.
      const given = missing.flatMap((agent) =>
        facts.callsBetween(agent, gather.startedAt, endedAt).filter((call) => endOf(call) >= endedAt + delayMs + near),
      )
      for (const slow of given) {
        if (slow.endedAt === undefined) continue
        const held = received.filter((agent) => {
          const [next] = facts.callsBetween(agent, endedAt, Number.POSITIVE_INFINITY)
          return next && next.arrivedAt >= slow.endedAt! && next.arrivedAt <= slow.endedAt! + near
        })
        if (held.length > 0)
          yield {
            at: endedAt,
            what: `the gather "${gather.name}" went on without ${slow.agent}, but ${held.join(', ')} did nothing for ${formatDuration(slow.endedAt - endedAt)}, until call ${slow.call} of ${slow.agent} had ended`,
            calls: [slow.call],
          }
      }
    }
  },
})
