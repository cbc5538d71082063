import { formatDuration, type Duration } from '../clock/index.ts'
import type { CallRecord } from '../trace/index.ts'
import { atLeast, check } from './check.ts'
import { endOf } from './facts.ts'
import { triesOf } from './tries.ts'

export const isolation = check({
  holds: 'An agent that timed out does not delay the others.',
  why: 'Otherwise one slow agent delays all others, and the timeout has no effect.',
  advice:
    'Continue when the gather ends; do not wait for the remaining calls after it (Promise.all, a barrier between steps).',
  settings: {
    /** The check ignores delays that are shorter than this duration. */
    delay: '1s' as Duration,
  },
  *find(facts, { delay }) {
    const near = 10 + facts.slackMs
    const tries = triesOf(facts)
    const retries = new Map(facts.calls.flatMap((call) => (tries.get(call.call)! > 1 ? [[call.retryOf, call]] : [])))
    const lastTryOf = (call: CallRecord): CallRecord => {
      let last = call
      for (let next = retries.get(last.call); next; next = retries.get(last.call)) last = next
      return last
    }
    for (const gather of facts.gathers) {
      const { endedAt, received, missing } = gather
      if (endedAt === undefined || missing.length === 0) continue
      // Calls that were given up, and went on nevertheless, be it by retries.
      const given = missing.flatMap((agent) =>
        facts
          .callsBetween(agent, gather.startedAt, endedAt)
          .filter((call) => !retries.has(call.call) || retries.get(call.call)!.arrivedAt >= endedAt)
          .map(lastTryOf)
          .filter((call) => endOf(call) >= endedAt + delay + near),
      )
      for (const slow of given) {
        if (slow.endedAt === undefined) continue
        const held = received.filter((agent) => {
          const [next] = facts.callsBetween(agent, endedAt, Number.POSITIVE_INFINITY)
          // Who takes the late answer up has been waiting for it with good reason.
          const isWanted = next?.holds.includes(slow.call)
          return next && next.arrivedAt >= slow.endedAt! && next.arrivedAt <= slow.endedAt! + near && !isWanted
        })
        if (held.length > 0)
          yield {
            at: endedAt,
            what: `the gather "${gather.name}" continued without ${slow.agent}, but ${held.join(', ')} did nothing for ${formatDuration(slow.endedAt - endedAt)}, until call ${slow.call} of ${slow.agent} had ended`,
            calls: [slow.call],
            tune: { delay: atLeast(slow.endedAt - endedAt) },
          }
      }
    }
  },
})
