import { callsOf, type CallRecord } from '../../trace/queries.ts'
import type { TraceEvent } from '../../trace/events.ts'
import { HEDGED, LEFT, OUTCOMES, STREAMED, type CallColumns, type OutcomeName } from './data.ts'
import { shownText, type Strings } from './strings.ts'

/** The fault of a call whose client went away. */
export const DISCONNECTED = 'disconnected'

/** A call that another one repeats has not simply failed. */
function outcomeOf({ status, fault }: CallRecord, isRepeated: boolean): OutcomeName {
  if (status === 'open' || status === 'refused') return status
  if (status === 'ended') return 'answered'
  if (isRepeated) return 'retried'
  return fault === DISCONNECTED ? 'cancelled' : 'failed'
}

const emptyColumns = (): CallColumns => ({
  call: [],
  seq: [],
  at: [],
  agent: [],
  provider: [],
  model: [],
  conversation: [],
  turn: [],
  outcome: [],
  fault: [],
  finish: [],
  message: [],
  firstToken: [],
  took: [],
  waited: [],
  attempt: [],
  repeats: [],
  goesOn: [],
  retryAfter: [],
  retryIn: [],
  flags: [],
  input: [],
  cachedInput: [],
  cacheWrite: [],
  output: [],
  reasoning: [],
  cost: [],
})

/** What events beside the calls' own say of calls, by the numbers of the calls. */
interface Asides {
  waited: Map<number, number>
  messages: Map<number, string>
  retryIn: Map<number, number>
  hedged: Set<number>
}

function asidesOf(events: readonly TraceEvent[]): Asides {
  const asides: Asides = { waited: new Map(), messages: new Map(), retryIn: new Map(), hedged: new Set() }
  /** The call of each agent that ended last. */
  const last = new Map<string, number>()
  const agentOf = new Map<number, string>()
  /** Agents whose next call is a hedge. */
  const hedging = new Set<string>()
  const ended = (call: number): void => {
    const agent = agentOf.get(call)
    agentOf.delete(call)
    if (agent !== undefined) last.set(agent, call)
  }
  for (const event of events)
    switch (event.type) {
      case 'call.arrived':
        agentOf.set(event.call, event.agent)
        if (hedging.delete(event.agent)) asides.hedged.add(event.call)
        break
      case 'call.dequeued':
        asides.waited.set(event.call, event.waitedMs)
        break
      case 'call.ended':
        ended(event.call)
        break
      case 'call.failed':
        asides.messages.set(event.call, event.message)
        ended(event.call)
        break
      case 'call.refused':
        if (event.call !== null) asides.messages.set(event.call, event.message)
        break
      case 'call.hedged':
        hedging.add(event.agent)
        break
      case 'attempt.failed': {
        const call = last.get(event.agent)
        if (call !== undefined && event.retryInMs !== null) asides.retryIn.set(call, event.retryInMs)
        break
      }
      default:
    }
  return asides
}

/** Calls as columns, and where each of them stands. */
export interface CallTable {
  columns: CallColumns
  records: readonly CallRecord[]
  /** By the number of a call. */
  rowOf: ReadonlyMap<number, number>
}

/** Puts the calls of a trace into columns. */
export function callTable(events: readonly TraceEvent[], strings: Strings): CallTable {
  const records = callsOf(events).toSorted((a, b) => a.arrivedAt - b.arrivedAt)
  const rowOf = new Map(records.map(({ call }, row) => [call, row]))
  const repeated = new Set(records.map(({ retryOf }) => retryOf))
  const { waited, messages, retryIn, hedged } = asidesOf(events)
  const columns = emptyColumns()
  const back = (row: number, to: number | undefined): number => {
    const found = to === undefined ? undefined : rowOf.get(to)
    return found === undefined ? 0 : row - found
  }
  let [callBefore, seqBefore, atBefore] = [0, 0, 0]
  for (const [row, record] of records.entries()) {
    const { call, seq, usage } = record
    const at = Math.round(record.arrivedAt)
    columns.call.push(call - callBefore)
    columns.seq.push(seq - seqBefore)
    columns.at.push(at - atBefore)
    ;[callBefore, seqBefore, atBefore] = [call, seq, at]
    columns.agent.push(strings.of(record.agent))
    columns.provider.push(strings.of(record.provider))
    columns.model.push(strings.of(record.model))
    columns.conversation.push(strings.of(record.conversation))
    columns.turn.push(record.turn)
    columns.outcome.push(OUTCOMES.indexOf(outcomeOf(record, repeated.has(call))))
    columns.fault.push(strings.of(record.fault))
    columns.finish.push(strings.of(record.finish))
    columns.message.push(strings.of(shownText(messages.get(call))))
    columns.firstToken.push(record.firstTokenAt === undefined ? -1 : Math.round(record.firstTokenAt) - at)
    columns.took.push(record.endedAt === undefined ? -1 : Math.round(record.endedAt) - at)
    columns.waited.push(Math.round(waited.get(call) ?? 0))
    columns.attempt.push(record.attempt)
    columns.repeats.push(back(row, record.retryOf))
    columns.goesOn.push(back(row, record.continues ?? record.holds.at(-1)))
    columns.retryAfter.push(record.retryAfterMs ?? -1)
    columns.retryIn.push(retryIn.get(call) ?? -1)
    columns.flags.push(
      (record.stream ? STREAMED : 0) | (hedged.has(call) ? HEDGED : 0) | (record.leftAt === undefined ? 0 : LEFT),
    )
    columns.input.push(usage.input)
    columns.cachedInput.push(usage.cachedInput)
    columns.cacheWrite.push(usage.cacheWrite)
    columns.output.push(usage.output)
    columns.reasoning.push(usage.reasoning)
    columns.cost.push(Number(record.cost))
  }
  return { columns, records, rowOf }
}
