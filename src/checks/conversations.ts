import type { CallRecord } from '../trace/index.ts'
import { check, type Found } from './check.ts'
import { endOf, type Facts } from './facts.ts'

export const conversations = check({
  holds: 'A conversation has one request in progress at a time.',
  why: 'Concurrent requests do not see each other’s answers, and the history keeps only one of them, or both in the wrong order.',
  advice: 'Serialize the requests of a conversation by a lock, first come, first served.',
  settings: {
    /** This many different questions on one history count as intended branches, and this many equal requests as samples. */
    branches: 3,
  },
  *find(facts, { branches }): Generator<Found> {
    const hedging = new Set(facts.of('call.hedged').map(({ agent }) => agent))
    const calls = facts.calls.filter(({ agent }) => !hedging.has(agent))
    const goneOn = Map.groupBy(calls, ({ continues }) => continues)
    const pairs = [
      ...overtaking(facts, calls, goneOn, branches),
      ...merged(facts, calls, goneOn, branches),
      ...divided(facts, calls, goneOn, branches),
    ]
    const told = new Set<string>()
    for (const [before, call, asBranches] of pairs.toSorted((one, other) => one[1].seq - other[1].seq)) {
      if (told.has(call.conversation)) continue
      told.add(call.conversation)
      yield {
        at: call.arrivedAt,
        what: `${call.agent} sent call ${call.call} in the conversation ${call.conversation} before call ${before.call} was answered`,
        calls: [before.call, call.call],
        tune: asBranches === undefined ? {} : { branches: asBranches },
      }
    }
  },
})

/** As many as a question and one beside it, such as for a title. */
const BESIDE = 2

/** Two calls, and how many branches or samples they would be if they were meant to be some. */
type Pair = readonly [before: CallRecord, call: CallRecord, asBranches?: number]
/** The calls that go on with each call. */
type GoneOn = ReadonlyMap<number | undefined, readonly CallRecord[]>

/**
 * Calls that hold the question of another one, which has no answer yet. A first question with something behind it may be
 * meant, as to get a title, and so may one to another model: it takes a third one, or a history that goes on with both
 * questions, to tell that it is not. Where the history goes on with the first question alone, the second was beside it.
 */
function overtaking(facts: Facts, calls: readonly CallRecord[], goneOn: GoneOn, branches: number): Pair[] {
  return calls.flatMap((call): Pair[] => {
    const before = call.overtakes === undefined ? undefined : facts.call(call.overtakes)
    if (!before || !isOpenAt(facts, before, call.arrivedAt)) return []
    if (goneOn.has(call.call)) return [[before, call]]
    const isNext = before.continues !== undefined || before.overtakes !== undefined
    const isMeant = isBeside(call, goneOn) || branches <= BESIDE
    return isNext && before.model === call.model && !isMeant ? [[before, call, BESIDE]] : []
  })
}

/** Whether a history goes on with a question, and without another one that was sent behind it before the answer came. */
const isBeside = ({ call, overtakes }: CallRecord, goneOn: GoneOn): boolean =>
  overtakes !== undefined && goneOn.has(overtakes) && !goneOn.has(call)

/** Calls in progress together whose questions were put into one history, one behind the other. */
function merged(facts: Facts, calls: readonly CallRecord[], goneOn: GoneOn, branches: number): Pair[] {
  // First questions are on one history if they are equal; different ones overtake each other.
  const families = Map.groupBy(calls, ({ agent, conversation, continues, request }) =>
    continues === undefined ? `${conversation}\u0000${request}` : `${agent}\u0000${continues}`,
  )
  return [...families.values()].flatMap((family): Pair[] => {
    if (family.length < 2 || !isMerged(family, goneOn)) return []
    const [{ continues, questions }] = family as [CallRecord]
    // Each holds the questions of all, so that they are none of equal samples.
    const holdsAll = questions >= family.length
    const both = atOnce(facts, family, holdsAll || (continues !== undefined && family.length < branches))
    if (!both || (!holdsAll && areOfSeveral(facts, both[0]))) return []
    return [holdsAll || both[0].prompt !== both[1].prompt ? both : [...both, family.length]]
  })
}

/**
 * Calls in progress together with different questions on one history, which keeps at most one of them. A question to
 * another model concerns the history (a title, a summary), and several may be meant as branches.
 */
function divided(facts: Facts, calls: readonly CallRecord[], goneOn: GoneOn, branches: number): Pair[] {
  const families = [
    ...Map.groupBy(
      calls.filter((call) => call.continues !== undefined && !isBeside(call, goneOn)),
      ({ agent, model, continues }) => `${agent}\u0000${model}\u0000${continues}`,
    ).values(),
  ]
  const heldBy = holdersOf(facts)
  // An agent that explores a tree once is one that does: nothing goes on with the last questions of the tree.
  const exploring = new Set(families.filter((family) => areGoneOnWith(family, goneOn)).map(([first]) => first!.agent))
  return families.flatMap((family): Pair[] => {
    if (family.length < 2 || isMerged(family, goneOn)) return []
    const both = atOnce(facts, family, false)
    if (!both || areOfSeveral(facts, both[0]) || exploring.has(both[0].agent)) return []
    const different = new Set(family.map(({ prompt }) => prompt)).size
    return different >= branches || areJudged(heldBy, family) ? [] : [[...both, different]]
  })
}

/** Whether more than one of some calls is gone on with. */
const areGoneOnWith = (family: readonly CallRecord[], goneOn: GoneOn): boolean =>
  family.filter(({ call }) => goneOn.has(call)).length > 1

/** The calls whose prompts hold the answer of each call. */
function holdersOf({ calls }: Facts): ReadonlyMap<number, readonly CallRecord[]> {
  const holders = new Map<number, CallRecord[]>()
  for (const call of calls)
    for (const held of new Set(call.holds)) {
      const all = holders.get(held)
      if (all) all.push(call)
      else holders.set(held, [call])
    }
  return holders
}

/** Whether a prompt outside of their history, or before them in it, has the answers of several calls. */
function areJudged(heldBy: ReadonlyMap<number, readonly CallRecord[]>, family: readonly CallRecord[]): boolean {
  const [{ conversation, turn }] = family as [CallRecord]
  const seen = new Set<CallRecord>()
  for (const { call } of family)
    for (const holder of heldBy.get(call) ?? []) {
      if (holder.conversation === conversation && holder.turn > turn) continue
      if (seen.has(holder)) return true
      seen.add(holder)
    }
  return false
}

const isOpenAt = ({ slackMs }: Facts, call: CallRecord, at: number): boolean => endOf(call) > at + slackMs

/**
 * Two questions of which the second came before the first was answered. The same messages are samples, unless `samples`
 * says that they count: both questions stand in a history that the program shares.
 */
function atOnce(
  facts: Facts,
  calls: readonly CallRecord[],
  samples: boolean,
): readonly [CallRecord, CallRecord] | undefined {
  let open = calls[0]!
  for (const call of calls.slice(1)) {
    if (isOpenAt(facts, open, call.arrivedAt) && (samples || open.prompt !== call.prompt)) return [open, call]
    if (endOf(call) > endOf(open)) open = call
  }
  return undefined
}

/**
 * Whether several have asked what a call goes on with, and may have been told the same: of them nobody knows who goes
 * on.
 */
function areOfSeveral(facts: Facts, { continues, agent, seq }: CallRecord): boolean {
  const asked = continues === undefined ? undefined : facts.call(continues)
  if (!asked) return false
  const ofAgent = facts.callsOfAgent.get(agent) ?? []
  return ofAgent.filter((call) => call.request === asked.request && call.seq < seq).length > 1
}

/**
 * Whether a history goes on with one of some calls, and has more answers behind it than to that call: that to another
 * one of them.
 */
function isMerged(family: readonly CallRecord[], goneOn: GoneOn): boolean {
  const numbers = new Set(family.map(({ call }) => call))
  const areSamples = new Set(family.map(({ prompt }) => prompt)).size === 1
  return family.some(({ call, turn }) =>
    goneOn
      .get(call)
      ?.some(
        (later) =>
          later.turn > turn + 1 && (areSamples || later.holds.some((held) => held !== call && numbers.has(held))),
      ),
  )
}
