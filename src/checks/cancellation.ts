import { formatDuration } from '../clock/index.ts'
import { check } from './check.ts'
import { endOf } from './facts.ts'

export const cancellation = check({
  holds: 'What an agent works on ends with the agent, down to the wire.',
  why: 'Calls of an agent that is gone are paid, and nobody takes their answers.',
  advice: 'Hand the signal of the agent down to its calls, and let nothing be sent on its behalf after it.',
  settings: {
    /** How long a call may take to come to its end. */
    graceMs: 1_000,
  },
  *find(facts, { graceMs }) {
    const grace = graceMs + facts.slackMs
    for (const { agent, at } of facts.of('agent.terminated')) {
      const calls = facts.callsOfAgent.get(agent) ?? []
      const again = facts.of('agent.spawned').find((spawned) => spawned.agent === agent && spawned.at > at)
      const nextLife = again?.at ?? Number.POSITIVE_INFINITY
      for (const call of calls) {
        const over = Math.min(endOf(call), facts.until) - at
        if (call.arrivedAt <= at && endOf(call) > at && over > grace)
          yield {
            at,
            what: `${agent} was terminated, and its call ${call.call} ran for another ${formatDuration(over)}`,
            calls: [call.call],
          }
        if (call.arrivedAt > at + grace && call.arrivedAt < nextLife && !beganAnew(facts.runs, at, call.arrivedAt))
          yield {
            at: call.arrivedAt,
            what: `${agent} was terminated, and made call ${call.call} ${formatDuration(call.arrivedAt - at)} later`,
            calls: [call.call],
          }
      }
    }
  },
})

/** Whether another run has begun in between, with an agent of the same name. */
const beganAnew = (runs: readonly { startedAt: number }[], from: number, to: number): boolean =>
  runs.some(({ startedAt }) => startedAt > from && startedAt <= to)
