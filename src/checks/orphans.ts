import { formatDuration, type Duration } from '../clock/index.ts'
import type { CallRecord } from '../trace/index.ts'
import { atLeast, check } from './check.ts'
import { endOf, type Facts, type RunRecord } from './facts.ts'

export const orphans = check({
  holds: 'No call, gather or interval remains after an orchestration has ended.',
  why: 'A leftover call is still billed, and its answer can affect the next run.',
  advice:
    'When the orchestration ends, abort its open calls, await their end, and clear its intervals. Await the calls that the test itself makes.',
  settings: {
    /** Calls, gathers and intervals may end this long after the run. */
    grace: '1s' as Duration,
    /** Report calls that were in progress when the run ended, or that began after it. */
    calls: true,
    /** Report gathers that were still open when the run ended. */
    gathers: true,
    /** Report intervals that still run after the test has ended. */
    intervals: true,
    /** Wait for timeouts that are still pending after the test, for up to a day, to see whether they make calls. */
    timeouts: true,
  },
  *find(facts, { grace: graceMs }) {
    const grace = graceMs + facts.slackMs
    for (const call of facts.calls) {
      if (call.detached) continue
      const run = runOf(facts, call)
      if (run?.endedAt === undefined || isOverBy(run.endedAt + grace, run, call, facts)) continue
      const { name, endedAt } = run
      const lateMs = call.arrivedAt - endedAt
      yield {
        at: Math.max(endedAt, call.arrivedAt),
        what:
          call.seq > run.endSeq!
            ? `${call.agent} made call ${call.call} after the orchestration had ended${lateMs > 0 ? `, ${formatDuration(lateMs)} later` : ''}`
            : `"${name}" ended while call ${call.call} of ${call.agent} was in progress, and the call ${call.endedAt === undefined ? 'never ended' : `ended ${formatDuration(call.endedAt - endedAt)} later`}`,
        calls: [call.call],
        part: 'calls',
        ...(call.seq < run.endSeq! &&
          call.endedAt !== undefined && { tune: { grace: atLeast(call.endedAt - endedAt) } }),
      }
    }
    const isOver = facts.runs.length > 0 && facts.runs.every((run) => run.endedAt !== undefined)
    for (const { name, expected, startedAt, endedAt } of facts.gathers) {
      // One that was under way at a restart has ended with the process.
      const hasDied = facts.of('run.resumed').some(({ at }) => at >= startedAt)
      if (endedAt === undefined && !hasDied && isOver)
        yield {
          at: startedAt,
          what: `the gather "${name}" started and never ended`,
          calls: facts.numbersBetween(expected, startedAt),
          part: 'gathers',
        }
    }
    for (const { calls } of facts.of('calls.leaked'))
      for (const number of calls) {
        const call = facts.call(number)
        if (!call) continue
        yield {
          at: call.arrivedAt,
          what: `the test itself made call ${number} as ${call.agent}, and the function of the test ended without awaiting the call`,
          calls: [number],
          part: 'calls',
        }
      }
    for (const { at, everyMs } of facts.of('timers.leaked'))
      yield {
        at,
        what: `${everyMs.length} interval(s) were still active at the end of the test, every ${everyMs.map(formatDuration).join(', ')}`,
        part: 'intervals',
      }
  },
})

/**
 * The run that a call belongs to. Of one that nobody has told of it is the run that ends last of those under way, else
 * the last one.
 */
function runOf({ runs }: Facts, call: CallRecord): RunRecord | undefined {
  if (call.run === null) return undefined
  if (call.run !== undefined) return runs.find(({ seq }) => seq === call.run)
  const end = ({ endSeq = Number.POSITIVE_INFINITY }: RunRecord): number => endSeq
  return runs.filter(({ seq }) => seq < call.seq).toSorted((a, b) => end(b) - end(a))[0]
}

/** Whether a call has come to its end by a time; one that a run makes after its own end, only if it was given up. */
function isOverBy(time: number, { endSeq }: RunRecord, call: CallRecord, { until }: Facts): boolean {
  if (Math.min(endOf(call), until) > time) return false
  return call.seq < endSeq! || call.run === undefined || call.fault === 'disconnected'
}
