import { check } from './check.ts'
import { endOf } from './facts.ts'

export const conversations = check({
  holds: 'A conversation has one question at a time.',
  why: 'Two questions at once do not know of each other, and the history keeps one of the answers, or both in the wrong order.',
  advice: 'Let one request at a time hold a conversation: a lock for each, first come, first served.',
  settings: {},
  *find(facts) {
    const hedging = new Set(facts.of('call.hedged').map(({ agent }) => agent))
    for (const [conversation, calls] of Map.groupBy(facts.calls, (call) => call.conversation)) {
      if (calls.length < 2 || hedging.has(calls[0]!.agent)) continue
      let open = calls[0]!
      for (const call of calls.slice(1)) {
        const overlaps = endOf(open) > call.arrivedAt + facts.slackMs
        if (overlaps && Math.max(open.turn, call.turn) > 1 && open.request !== call.request) {
          yield {
            at: call.arrivedAt,
            what: `${call.agent} asked something in the conversation ${conversation} while its call ${open.call} there had no answer yet`,
            calls: [open.call, call.call],
          }
          break
        }
        if (endOf(call) > endOf(open)) open = call
      }
    }
  },
})
