import type { CallRecord } from '../trace/index.ts'
import { check } from './check.ts'
import { endOf, type Facts } from './facts.ts'

export const conversations = check({
  holds: 'A conversation has one question at a time.',
  why: 'Two questions at once do not know of each other, and the history keeps one of the answers, or both in the wrong order.',
  advice: 'Let one request at a time hold a conversation: a lock for each, first come, first served.',
  settings: {
    /** Different questions on one history that are branches: who asks so many means it. */
    branches: 3,
  },
  *find(facts, { branches }) {
    const hedging = new Set(facts.of('call.hedged').map(({ agent }) => agent))
    // What comes before the first answer of a service, examples included, is no conversation with it.
    const goingOn = facts.calls.filter(({ holds, turn, agent }) => turn > 1 && holds.length > 0 && !hedging.has(agent))
    for (const [conversation, calls] of Map.groupBy(goingOn, (call) => call.conversation))
      for (const [, siblings] of Map.groupBy(calls, ({ holds }) => holds.at(-1))) {
        const both = atOnce(siblings, facts.slackMs)
        if (!both || (!isMerged(facts, siblings) && areBranches(facts, siblings, branches))) continue
        const [before, call] = both
        yield {
          at: call.arrivedAt,
          what: `${call.agent} asked something in the conversation ${conversation} while its call ${before.call} there had no answer yet`,
          calls: [before.call, call.call],
        }
        break
      }
  },
})

/** The messages of a call; one that was read from an older trace tells them by its whole request. */
const promptOf = ({ prompt, request }: CallRecord): string => prompt ?? request

/** Two different questions of which the second came before the first was answered. */
function atOnce(calls: readonly CallRecord[], slackMs: number): [CallRecord, CallRecord] | undefined {
  let open = calls[0]!
  for (const call of calls.slice(1)) {
    if (endOf(open) > call.arrivedAt + slackMs && promptOf(open) !== promptOf(call)) return [open, call]
    if (endOf(call) > endOf(open)) open = call
  }
  return undefined
}

/** Whether questions on one history are meant as branches: they are many, are judged together, or are gone on with each for itself. */
function areBranches(facts: Facts, siblings: readonly CallRecord[], branches: number): boolean {
  if (new Set(siblings.map(promptOf)).size >= branches) return true
  const [{ conversation, turn }] = siblings as [CallRecord]
  const heldBy = (call: CallRecord): CallRecord[] => siblings.filter((sibling) => call.holds.includes(sibling.call))
  const later = facts.calls.filter(({ seq }) => seq > siblings[0]!.seq)
  const isJudged = later.some(
    (call) => heldBy(call).length > 1 && (call.conversation !== conversation || call.turn <= turn),
  )
  const goneOnWith = later
    .filter((call) => call.conversation === conversation && call.turn > turn && heldBy(call).length === 1)
    .map((call) => heldBy(call)[0])
  return isJudged || new Set(goneOnWith).size > 1
}

/** Whether the answers to questions on one history were put into it one behind the other, though neither knew of the other. */
const isMerged = (facts: Facts, siblings: readonly CallRecord[]): boolean =>
  facts.calls.some(
    ({ conversation, turn, holds }) =>
      conversation === siblings[0]!.conversation &&
      turn > siblings[0]!.turn + 1 &&
      siblings.filter(({ call }) => holds.includes(call)).length > 1,
  )
