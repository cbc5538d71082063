import { formatDuration, type Duration } from '../clock/index.ts'
import { check } from './check.ts'
import { endOf, type Facts } from './facts.ts'

export const cancellation = check({
  holds: 'When an agent is terminated, its calls are cancelled, down to the connection.',
  why: 'Calls of a terminated agent are billed, and their answers are discarded.',
  advice:
    'Pass the signal of the agent to each of its calls, and send no request for the agent after the signal is aborted.',
  settings: {
    /** A call may end this long after the agent was terminated. */
    grace: '1s' as Duration,
    /** Report calls that were in progress when the agent was terminated. */
    underWay: true,
    /** Report calls that the agent makes after its termination. */
    later: true,
  },
  *find(facts, { grace: graceMs }) {
    const grace = graceMs + facts.slackMs
    for (const { agent, at, seq } of facts.of('agent.terminated')) {
      const nextLife = nextLifeOf(facts, agent, seq)
      for (const call of facts.callsOfAgent.get(agent) ?? []) {
        if (call.detached) continue
        if (call.seq > nextLife || !facts.mayBeOf(facts.runsAt(seq), call)) continue
        const over = Math.min(endOf(call), facts.until) - at
        if (call.seq < seq && over > grace)
          yield {
            at,
            what: `${agent} was terminated, and its call ${call.call} ran for another ${formatDuration(over)}`,
            calls: [call.call],
            part: 'underWay',
          }
        // What is broken off soon may have been on its way already.
        if (call.seq > seq && (call.arrivedAt > at + grace || over > grace))
          yield {
            at: call.arrivedAt,
            what: `${agent} was terminated, and made call ${call.call} ${formatDuration(call.arrivedAt - at)} later`,
            calls: [call.call],
            part: 'later',
          }
      }
    }
  },
})

/** Where in the trace an agent of the same name comes to life again: it is spawned, or another run begins. */
function nextLifeOf(facts: Facts, agent: string, after: number): number {
  const spawned = facts.of('agent.spawned').find((event) => event.agent === agent && event.seq > after)
  const began = facts.runs.find(({ seq }) => seq > after)
  return Math.min(spawned?.seq ?? Number.POSITIVE_INFINITY, began?.seq ?? Number.POSITIVE_INFINITY)
}
