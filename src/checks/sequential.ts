import { formatDuration, type Duration } from '../clock/index.ts'
import type { CallRecord } from '../trace/index.ts'
import { check, list } from './check.ts'
import { endOf } from './facts.ts'

export const sequential = check({
  holds: 'The agents of a gather are called in parallel.',
  why: 'Sequential calls take the sum of all latencies; parallel calls take the longest one.',
  advice: 'Start all calls, then await all of them. If the order is intentional, waive this check.',
  settings: {
    /** The check looks only at gathers of at least this many agents. */
    agents: 3,
    /** An agent that starts within this duration after the previous agent ended has waited for that agent. */
    handover: '50ms' as Duration,
  },
  *find(facts, { agents, handover }) {
    for (const { name, expected, startedAt, endedAt = facts.until } of facts.gathers) {
      if (expected.length < agents) continue
      const calls = expected
        .flatMap((agent) => facts.callsBetween(agent, startedAt, endedAt))
        .toSorted((a, b) => a.arrivedAt - b.arrivedAt || a.seq - b.seq)
      const who = new Set(calls.map(({ agent }) => agent))
      if (who.size < agents || handovers(calls, handover + facts.slackMs) < agents - 1) continue
      const longest = Math.max(...calls.map((call) => endOf(call) - call.arrivedAt))
      yield {
        at: startedAt,
        what: `for the gather "${name}" ${list([...who])} were called one after another, in ${formatDuration(endedAt - startedAt)}; in parallel they would take about ${formatDuration(longest)}`,
        calls: calls.map(({ call }) => call),
        tune: { agents: who.size + 1 },
      }
    }
  },
})

/**
 * How often the first call of an agent begins when the agent before it has ended, without a word of what was said before;
 * none where two agents overlap. What an agent asks again, a breaker may hold back until another agent's trial has ended.
 */
function handovers(calls: readonly CallRecord[], soonMs: number): number {
  let count = 0
  let latest: { agent: string; end: number } | undefined
  const asked = new Set<number>()
  const begun = new Set<string>()
  for (const call of calls) {
    const { agent, arrivedAt, holds } = call
    if (latest && latest.agent !== agent) {
      if (latest.end > arrivedAt) return 0
      if (!begun.has(agent) && arrivedAt - latest.end <= soonMs && !holds.some((held) => asked.has(held))) count += 1
    }
    begun.add(agent)
    latest = { agent, end: Math.max(endOf(call), latest?.agent === agent ? latest.end : 0) }
    asked.add(call.call)
  }
  return count
}
