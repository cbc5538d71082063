import { formatDuration } from '../clock/index.ts'
import { check, list } from './check.ts'
import { endOf } from './facts.ts'

export const sequential = check({
  holds: 'Agents that are asked for the same gather are asked at the same time.',
  why: 'One after another takes as long as all of them together, for nothing.',
  advice: 'Start all calls, then wait for all of them; where the order is meant, waive this check.',
  settings: {
    /** Fewer agents do not count. */
    agents: 3,
    /** An agent that begins so soon after the one before it has waited for it. */
    handoverMs: 50,
  },
  *find(facts, { agents, handoverMs }) {
    for (const { name, expected, startedAt, endedAt = facts.until } of facts.gathers) {
      if (expected.length < agents) continue
      const calls = expected
        .flatMap((agent) => facts.callsBetween(agent, startedAt, endedAt))
        .toSorted((a, b) => a.arrivedAt - b.arrivedAt)
      const who = new Set(calls.map(({ agent }) => agent))
      if (who.size < agents) continue
      const overlap = calls.some((call, index) => index > 0 && endOf(calls[index - 1]!) > call.arrivedAt)
      const handovers = calls.filter(
        (call, index) =>
          index > 0 &&
          calls[index - 1]!.agent !== call.agent &&
          call.arrivedAt - endOf(calls[index - 1]!) <= handoverMs + facts.slackMs,
      )
      if (overlap || handovers.length < agents - 1) continue
      const longest = Math.max(...calls.map((call) => endOf(call) - call.arrivedAt))
      yield {
        at: startedAt,
        what: `for the gather "${name}" ${list([...who])} were asked one after another, in ${formatDuration(endedAt - startedAt)}; at the same time it would take about ${formatDuration(longest)}`,
        calls: calls.map(({ call }) => call),
      }
    }
  },
})
