import { formatDuration } from '../clock/index.ts'
import { check } from './check.ts'
import { endOf } from './facts.ts'

export const orphans = check({
  holds: 'Nothing is left over when an orchestration has ended: no call, no gather, no interval.',
  why: 'What nobody waits for any more goes on costing money, and speaks into the next run.',
  advice: 'Abort what is under way when the orchestration ends, wait for it, and clear its intervals.',
  settings: {
    /** How long things may take to come to their end. */
    graceMs: 1_000,
  },
  *find(facts, { graceMs }) {
    const grace = graceMs + facts.slackMs
    for (const { name, endedAt } of facts.runs) {
      if (endedAt === undefined || facts.isRunning(endedAt)) continue
      const left = facts.calls.filter((call) => call.arrivedAt <= endedAt && endOf(call) > endedAt)
      const slow = left.filter((call) => Math.min(endOf(call), facts.until) > endedAt + grace)
      for (const call of slow) {
        const how =
          call.endedAt === undefined ? 'and never ended' : `and ended ${formatDuration(call.endedAt - endedAt)} later`
        yield {
          at: endedAt,
          what: `"${name}" ended while call ${call.call} of ${call.agent} was under way, ${how}`,
          calls: [call.call],
        }
      }
    }
    for (const call of facts.calls)
      if (facts.runs.length > 0 && !facts.isRunning(call.arrivedAt) && wasOver(facts.runs, call.arrivedAt, grace))
        yield {
          at: call.arrivedAt,
          what: `${call.agent} made call ${call.call} after the orchestration had ended`,
          calls: [call.call],
        }
    for (const { name, startedAt, endedAt } of facts.gathers)
      if (endedAt === undefined && facts.runs.length > 0 && !facts.isRunning(facts.until))
        yield { at: startedAt, what: `the gather "${name}" was begun and never ended` }
    for (const { at, everyMs } of facts.of('timers.left'))
      yield {
        at,
        what: `${everyMs.length} interval(s) still ran when the test was over, every ${everyMs.map(formatDuration).join(', ')}`,
      }
  },
})

/** Whether all runs that had begun were over for longer than the grace. */
const wasOver = (
  runs: readonly { startedAt: number; endedAt: number | undefined }[],
  at: number,
  grace: number,
): boolean => {
  const begun = runs.filter(({ startedAt }) => startedAt <= at)
  return begun.length > 0 && begun.every(({ endedAt }) => endedAt !== undefined && endedAt + grace < at)
}
