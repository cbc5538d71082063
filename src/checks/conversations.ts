import type { CallRecord } from '../trace/index.ts'
import { check } from './check.ts'
import { endOf, type Facts } from './facts.ts'

export const conversations = check({
  holds: 'A conversation has one request in progress at a time.',
  why: 'Concurrent requests do not see each other’s answers, and the history keeps only one of them, or both in the wrong order.',
  advice: 'Serialize the requests of a conversation by a lock, first come, first served.',
  settings: {
    /** This many different continuations of one history count as intended branches. */
    branches: 3,
  },
  *find(facts, { branches }) {
    const hedging = new Set(facts.of('call.hedged').map(({ agent }) => agent))
    // Where nothing was asked before, examples aside, there is no conversation yet.
    const goingOn = facts.calls.filter(({ continues, agent }) => continues !== undefined && !hedging.has(agent))
    const told = new Set<string>()
    for (const siblings of Map.groupBy(goingOn, ({ continues }) => continues).values()) {
      const both = atOnce(siblings, facts.slackMs)
      if (!both || told.has(both[0].conversation) || areOfSeveral(facts, both[0])) continue
      if (!isMerged(facts, siblings) && areBranches(facts, siblings, branches)) continue
      const [before, call] = both
      told.add(call.conversation)
      yield {
        at: call.arrivedAt,
        what: `${call.agent} sent call ${call.call} in the conversation ${call.conversation} before call ${before.call} was answered`,
        calls: [before.call, call.call],
      }
    }
  },
})

/** Two different questions of which the second came before the first was answered. */
function atOnce(calls: readonly CallRecord[], slackMs: number): [CallRecord, CallRecord] | undefined {
  let open = calls[0]!
  for (const call of calls.slice(1)) {
    // The same messages are samples.
    if (endOf(open) > call.arrivedAt + slackMs && open.prompt !== call.prompt) return [open, call]
    if (endOf(call) > endOf(open)) open = call
  }
  return undefined
}

/**
 * Whether several have asked what a call goes on with, and may have been told the same: of them nobody knows who goes
 * on.
 */
function areOfSeveral(facts: Facts, { continues, agent, seq }: CallRecord): boolean {
  const asked = facts.call(continues!)
  return (
    facts.calls.filter((call) => call.request === asked?.request && call.agent === agent && call.seq < seq).length > 1
  )
}

/**
 * Whether questions on one history are meant as branches: they are many, are judged together, or are gone on with each
 * for itself.
 */
function areBranches(facts: Facts, siblings: readonly CallRecord[], branches: number): boolean {
  if (new Set(siblings.map(({ prompt }) => prompt)).size >= branches) return true
  const numbers = siblings.map(({ call }) => call)
  const [{ conversation, turn }] = siblings as [CallRecord]
  const isJudged = facts.calls.some(
    (call) =>
      (call.conversation !== conversation || call.turn <= turn) &&
      numbers.filter((number) => call.holds.includes(number)).length > 1,
  )
  return (
    isJudged || new Set(numbers.filter((number) => facts.calls.some(({ continues }) => continues === number))).size > 1
  )
}

/** Whether what was asked on one history was put into it one behind the other, though neither knew of the other. */
const isMerged = (facts: Facts, siblings: readonly CallRecord[]): boolean =>
  siblings.some(({ call, turn }) => facts.calls.some((later) => later.continues === call && later.turn > turn + 1))
