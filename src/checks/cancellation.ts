import { formatDuration, type Duration } from '../clock/index.ts'
import type { CallRecord } from '../trace/index.ts'
import { atLeast, check, type Found } from './check.ts'
import { endOf, type Facts } from './facts.ts'

export const cancellation = check({
  holds: 'When an agent is terminated, or an orchestration cancelled, its calls are cancelled, down to the connection.',
  why: 'Calls of a terminated agent or cancelled orchestration are billed, and their answers are discarded.',
  advice:
    'Pass the signal of the agent or of the orchestration to each call, and send no request after the signal is aborted.',
  settings: {
    /** A call may end this long after the termination or cancellation. */
    grace: '1s' as Duration,
    /** Report calls that were in progress at the termination or cancellation. */
    underWay: true,
    /** Report calls that are made after the termination or cancellation. */
    later: true,
  },
  *find(facts, { grace: graceMs }) {
    const grace = graceMs + facts.slackMs
    for (const { agent, at, seq } of facts.of('agent.terminated')) {
      const nextLife = nextLifeOf(facts, agent, seq)
      const calls = (facts.callsOfAgent.get(agent) ?? []).filter(
        (call) => call.seq < nextLife && facts.mayBeOf(facts.runsAt(seq), call),
      )
      yield* goingOn(facts, calls, { at, seq, grace }, ({ call }) => ({
        underWay: `${agent} was terminated, and its call ${call} ran`,
        later: `${agent} was terminated, and made call ${call}`,
      }))
    }
    for (const { at, seq, causes } of facts.of('run.cancelled')) {
      const isOne = facts.runs.length === 1
      const calls = facts.calls.filter(({ run }) => run === causes[0] || (isOne && run === undefined))
      yield* goingOn(facts, calls, { at, seq, grace }, ({ call, agent }) => ({
        underWay: `the orchestration was cancelled, and call ${call} of ${agent} ran`,
        later: `the orchestration was cancelled, and ${agent} made call ${call}`,
      }))
    }
  },
})

/** When, and where in the trace, calls have to end. */
interface Cancelled {
  at: number
  seq: number
  grace: number
}

/** Of some calls those that go on after they were to end, and those that begin after it. */
function* goingOn(
  facts: Facts,
  calls: readonly CallRecord[],
  { at, seq, grace }: Cancelled,
  whatOf: (call: CallRecord) => Record<'underWay' | 'later', string>,
): Generator<Found<'underWay' | 'later'>> {
  for (const call of calls) {
    if (call.detached) continue
    const over = Math.min(endOf(call), facts.until) - at
    if (call.seq < seq && over > grace)
      yield {
        at,
        what: `${whatOf(call).underWay} for another ${formatDuration(over)}`,
        calls: [call.call],
        part: 'underWay',
        tune: { grace: atLeast(over) },
      }
    // What is broken off soon may have been on its way already.
    if (call.seq > seq && (call.arrivedAt > at + grace || over > grace))
      yield {
        at: call.arrivedAt,
        what: `${whatOf(call).later} ${formatDuration(call.arrivedAt - at)} later`,
        calls: [call.call],
        part: 'later',
        tune: { grace: atLeast(Math.max(over, call.arrivedAt - at)) },
      }
  }
}

/** Where in the trace an agent of the same name comes to life again: it is spawned, or another run begins. */
function nextLifeOf(facts: Facts, agent: string, after: number): number {
  const spawned = facts.of('agent.spawned').find((event) => event.agent === agent && event.seq > after)
  const began = facts.runs.find(({ seq }) => seq > after)
  return Math.min(spawned?.seq ?? Number.POSITIVE_INFINITY, began?.seq ?? Number.POSITIVE_INFINITY)
}
