import { formatDuration } from '../clock/index.ts'
import { check } from './check.ts'
import { endOf } from './facts.ts'

export const breaker = check({
  holds: 'No call goes through an open circuit breaker, and a half-open breaker lets one trial call through at a time.',
  why: 'An open breaker that lets calls through protects neither the service nor the budget.',
  advice: 'Consult the breaker before every attempt, including retries and hedged calls.',
  settings: {
    /** Report calls that the orchestration makes while the breaker is open. */
    open: true,
    /** Report concurrent trial calls while the breaker is half open. */
    halfOpen: true,
  },
  *find(facts) {
    for (const [target, changes] of Map.groupBy(facts.of('breaker.changed'), (change) => change.target)) {
      const calls = facts.calls.filter(({ service, model, agent }) =>
        [`${service}/${model}`, service, model, agent].includes(target),
      )
      for (const [index, { state, at, seq }] of changes.entries()) {
        // Breakers belong to a run: where several are under way nobody can tell whose has changed, or who has called.
        const runs = facts.runsAt(seq)
        if (state === 'closed' || runs.length > 1) continue
        const until = Math.min(changes[index + 1]?.at ?? facts.until, runs[0]?.endedAt ?? facts.until)
        const mine = calls.filter(
          (call) =>
            call.seq > seq &&
            call.arrivedAt < until &&
            facts.mayBeOf(runs, call) &&
            (typeof call.run === 'number' || facts.runsAt(call.seq).length < 2),
        )
        const during = mine.filter(({ arrivedAt }) => arrivedAt > at + facts.slackMs)
        const [first] = during
        if (state === 'open' && first)
          yield {
            at,
            what: `the breaker of ${target} was open from ${formatDuration(at)} to ${formatDuration(until)}, and ${during.length} call(s) went through, the first by ${first.agent} at ${formatDuration(first.arrivedAt)}`,
            calls: during.map(({ call }) => call),
            part: 'open',
          }
        if (state !== 'half-open') continue
        const second = mine.find((call, nth) => mine.slice(0, nth).some((before) => endOf(before) > call.arrivedAt))
        if (second)
          yield {
            at: second.arrivedAt,
            what: `the breaker of ${target} was half open, and ${second.agent} called while another trial call was in progress`,
            calls: mine.map(({ call }) => call),
            part: 'halfOpen',
          }
      }
    }
  },
})
