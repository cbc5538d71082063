import { formatDuration, type Duration } from '../clock/index.ts'
import type { CallRecord } from '../trace/index.ts'
import { atLeast, check } from './check.ts'
import type { Facts } from './facts.ts'

export const results = check({
  holds: 'Each answer that arrives in time is used exactly once.',
  why: 'A lost answer is billed and missing; an answer that counts twice distorts votes and sums.',
  advice: 'Match answers to agents by identity, and collect all answers that have arrived when the time is up.',
  settings: {
    /** The check ignores answers that arrived less than this duration before the end of the gather. */
    grace: '1s' as Duration,
    /** Report answers that arrived in time and that the gather did not record. */
    lost: true,
    /** Report answers that the gather recorded twice. */
    twice: true,
  },
  *find(facts, { grace: graceMs }) {
    const grace = graceMs + facts.slackMs
    for (const { name, startedAt, endedAt, received, late, missing, tasks } of facts.gathers) {
      // Agents that share pieces of work out give several answers each.
      const all = tasks === null ? [...received, ...late] : []
      const twice = all.find((agent, index) => all.indexOf(agent) !== index)
      if (twice !== undefined)
        yield {
          at: startedAt,
          what: `the gather "${name}" counted the answer of ${twice} twice`,
          calls: facts.numbersBetween([twice], startedAt, endedAt),
          part: 'twice',
        }
      if (endedAt === undefined) continue
      for (const agent of missing) {
        const calls = facts.callsBetween(agent, startedAt, endedAt)
        const last = calls.at(-1)
        const isLost =
          last !== undefined &&
          isAnswer(last) &&
          last.endedAt! + grace < endedAt &&
          // An answer after which the agent is asked again was none, and the next one need not be better.
          !calls.some((call) => call !== last && isAnswer(call) && call.endedAt! <= last.arrivedAt) &&
          !late.includes(agent) &&
          !facts.diedAt(last.endedAt!) &&
          !wasTaken(facts, agent, last.endedAt!, grace) &&
          !wasRefused(facts, agent, startedAt, endedAt)
        if (isLost)
          yield {
            at: last.endedAt!,
            what: `the gather "${name}" counts ${agent} as missing, though its call ${last.call} was answered ${formatDuration(endedAt - last.endedAt!)} before the gather ended`,
            calls: [last.call],
            tune: { grace: atLeast(endedAt - last.endedAt!) },
            part: 'lost',
          }
      }
    }
  },
})

/** How answers end that leave something to do, or are none. */
const UNFINISHED: ReadonlySet<string> = new Set(['tool_calls', 'pause', 'length', 'content_filter', 'refusal'])

/**
 * Whether a call has brought what can count: after a tool call or a pause the agent has still something to do, and what
 * was cut off or declined is no answer.
 */
const isAnswer = ({ status, fault, finish }: CallRecord): boolean =>
  status === 'ended' && fault === undefined && !UNFINISHED.has(finish ?? '')

/** Whether any gather took the answer: an agent may be asked by several. */
const wasTaken = (facts: Facts, agent: string, at: number, grace: number): boolean =>
  facts.of('gather.received').some((event) => event.agent === agent && event.at >= at && event.at <= at + grace)

/** Whether the orchestrator has said why an answer was no answer, or another could not be asked for. */
const wasRefused = (facts: Facts, agent: string, from: number, to: number): boolean =>
  [...facts.of('attempt.failed'), ...facts.of('budget.refused'), ...facts.of('agent.terminated')].some(
    (event) => event.agent === agent && event.at >= from && event.at <= to,
  ) || facts.of('breaker.changed').some(({ state, at }) => state === 'open' && at <= to)
