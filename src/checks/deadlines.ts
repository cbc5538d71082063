import { formatDuration, type Duration } from '../clock/index.ts'
import type { GatherRecord } from '../trace/index.ts'
import { atLeast, check } from './check.ts'
import { endOf } from './facts.ts'

export const deadlines = check({
  holds: 'No attempt continues past the deadline of its caller.',
  why: 'The answer is billed, and the caller no longer waits for it.',
  advice: 'Pass the signal of the deadline to the call, and check it before each retry.',
  settings: {
    /** A call may end this long after the deadline. */
    grace: '1s' as Duration,
    /** Report calls that were in progress at the deadline. */
    underWay: true,
    /** Report retries after the deadline. */
    retries: true,
  },
  *find(facts, { grace: graceMs }) {
    const grace = graceMs + facts.slackMs
    for (const gather of facts.gathers) {
      const { name, startedAt, endedAt, missing, late } = gather
      if (endedAt === undefined) continue
      for (const agent of missing) {
        // Answers that are late may be wanted: then they are received, or the run goes on with the agent's next work.
        if (late.includes(agent) || worksForAnother(facts.gathers, gather, agent)) continue
        const mine = facts.callsBetween(agent, startedAt, endedAt)
        for (const call of mine) {
          const over = Math.min(endOf(call), facts.until) - endedAt
          if (endOf(call) > endedAt && over > grace && !call.detached)
            yield {
              at: endedAt,
              what: `the gather "${name}" continued without ${agent}, whose call ${call.call} ran for another ${formatDuration(over)}`,
              calls: [call.call],
              part: 'underWay',
              tune: { grace: atLeast(over) },
            }
        }
        const numbers = new Set(mine.map(({ call }) => call))
        const again = facts
          .callsBetween(agent, endedAt + grace, Number.POSITIVE_INFINITY)
          .find(
            ({ arrivedAt, retryOf }) =>
              retryOf !== undefined && numbers.has(retryOf) && !isAskedAt(facts.gathers, agent, arrivedAt),
          )
        if (again)
          yield {
            at: again.arrivedAt,
            what: `${agent} retried ${formatDuration(again.arrivedAt - endedAt)} after the gather "${name}" had continued without this agent`,
            calls: [again.retryOf!, again.call],
            part: 'retries',
          }
      }
    }
  },
})

/** Whether a gather waits for an agent at a time, such as one that goes on after a pause. */
const isAskedAt = (gathers: readonly GatherRecord[], agent: string, at: number): boolean =>
  gathers.some(
    ({ expected, startedAt, endedAt = Number.POSITIVE_INFINITY }) =>
      expected.includes(agent) && startedAt <= at && at < endedAt,
  )

/** Whether an agent has other work than that of a gather, so that its calls may be for that. */
const worksForAnother = (gathers: readonly GatherRecord[], gather: GatherRecord, agent: string): boolean =>
  gathers.some(
    (other) =>
      other !== gather &&
      other.expected.includes(agent) &&
      other.startedAt <= gather.endedAt! + (gather.timeoutMs ?? 0) &&
      (other.endedAt ?? Number.POSITIVE_INFINITY) > gather.endedAt!,
  )
