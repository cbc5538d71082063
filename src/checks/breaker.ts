import { formatDuration } from '../clock/index.ts'
import { check } from './check.ts'
import { endOf } from './facts.ts'

export const breaker = check({
  holds: 'While a circuit breaker is open nobody calls, and while it is half open one call tries at a time.',
  why: 'A breaker that lets calls through protects nobody: neither the service nor the bill.',
  advice: 'Ask the breaker before every attempt, retries and hedged calls included.',
  settings: {
    /** Whether calls are looked for while a breaker is open. */
    open: true,
    /** Whether calls are looked for that try at the same time while it is half open. */
    halfOpen: true,
  },
  *find(facts) {
    // Breakers belong to a run: where several runs are under way at once nobody can tell whose is open.
    const sorted = facts.runs.toSorted((a, b) => a.startedAt - b.startedAt)
    if (sorted.some((run, index) => index > 0 && run.startedAt < (sorted[index - 1]!.endedAt ?? facts.until))) return
    for (const [target, changes] of Map.groupBy(facts.of('breaker.changed'), (change) => change.target)) {
      const calls = facts.calls.filter(({ provider, model }) => `${provider}/${model}` === target)
      for (const [index, { state, at }] of changes.entries()) {
        if (state === 'closed') continue
        const run = facts.runs.find(({ startedAt, endedAt = facts.until }) => startedAt <= at && at <= endedAt)
        const until = Math.min(changes[index + 1]?.at ?? facts.until, run?.endedAt ?? facts.until)
        const during = calls.filter(({ arrivedAt }) => arrivedAt > at + facts.slackMs && arrivedAt < until)
        const [first] = during
        if (state === 'open' && first)
          yield {
            at,
            what: `the breaker of ${target} was open from ${formatDuration(at)} to ${formatDuration(until)}, and ${during.length} call(s) went through, the first by ${first.agent} at ${formatDuration(first.arrivedAt)}`,
            calls: during.map(({ call }) => call),
            part: 'open',
          }
        if (state !== 'half-open') continue
        const trying = calls.filter(({ arrivedAt }) => arrivedAt >= at && arrivedAt < until)
        const second = trying.find((call, nth) => trying.slice(0, nth).some((before) => endOf(before) > call.arrivedAt))
        if (second)
          yield {
            at: second.arrivedAt,
            what: `the breaker of ${target} was half open, and ${second.agent} called while another call was trying`,
            calls: trying.map(({ call }) => call),
            part: 'halfOpen',
          }
      }
    }
  },
})
