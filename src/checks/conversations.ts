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
    const families = [...Map.groupBy(goingOn, ({ continues }) => continues).values()]
    // An agent that explores a tree once is one that does: of its last questions nothing goes on.
    const exploring = new Set(families.filter((family) => areGoneOnWith(facts, family)).map(([first]) => first!.agent))
    const told = new Set<string>()
    for (const family of families) {
      const merged = isMerged(facts, family)
      const both = atOnce(family, { slackMs: facts.slackMs, samples: merged && family.length < branches })
      if (!both || told.has(both[0].conversation) || areOfSeveral(facts, both[0])) continue
      const [before, call] = both
      if (!merged && (exploring.has(call.agent) || areBranches(facts, family, branches))) continue
      told.add(call.conversation)
      yield {
        at: call.arrivedAt,
        what: `${call.agent} sent call ${call.call} in the conversation ${call.conversation} before call ${before.call} was answered`,
        calls: [before.call, call.call],
      }
    }
  },
})

/**
 * Two questions of which the second came before the first was answered. The same messages are samples, unless `samples`
 * says that they count: both questions stand in a history that the program shares.
 */
function atOnce(
  calls: readonly CallRecord[],
  { slackMs, samples }: { slackMs: number; samples: boolean },
): [CallRecord, CallRecord] | undefined {
  let open = calls[0]!
  for (const call of calls.slice(1)) {
    if (endOf(open) > call.arrivedAt + slackMs && (samples || open.prompt !== call.prompt)) return [open, call]
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
  return isJudged || areGoneOnWith(facts, siblings)
}

/** Whether more than one of these calls is gone on with. */
const areGoneOnWith = (facts: Facts, siblings: readonly CallRecord[]): boolean => {
  const numbers = new Set(siblings.map(({ call }) => call))
  const goneOnWith = new Set(
    facts.calls.flatMap(({ continues }) => (continues !== undefined && numbers.has(continues) ? [continues] : [])),
  )
  return goneOnWith.size > 1
}

/** Whether what was asked on one history was put into it one behind the other, though neither knew of the other. */
const isMerged = (facts: Facts, siblings: readonly CallRecord[]): boolean =>
  siblings.some(({ call, turn }) => facts.calls.some((later) => later.continues === call && later.turn > turn + 1))
