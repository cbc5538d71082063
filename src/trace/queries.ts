import type { PicoDollars, TraceEvent, Usage } from './events.ts'

/** One call, folded from its events. Times are milliseconds since the start of the run. */
export interface CallRecord {
  call: number
  agent: string
  conversation: string
  turn: number
  provider: string
  model: string
  stream: boolean
  /** 1 for the first try of a request, 2 for its first retry … */
  attempt: number
  /** The call that this one repeats. */
  retryOf: number | undefined
  arrivedAt: number
  firstTokenAt: number | undefined
  endedAt: number | undefined
  /** `open`: still without an end when the trace was read. */
  status: 'open' | 'ended' | 'failed'
  fault: string | undefined
  /** How long the client was told to wait before it tries again. */
  retryAfterMs: number | null
  /** The same for requests with the same content. */
  request: string
  usage: Usage
  cost: PicoDollars
}

/** No tokens at all. */
export const NO_USAGE: Readonly<Usage> = Object.freeze({
  input: 0,
  cachedInput: 0,
  cacheWrite: 0,
  output: 0,
  reasoning: 0,
})

/** Folds the events of each call into one record, in the order of arrival. */
export function callsOf(events: Iterable<TraceEvent>): CallRecord[] {
  const calls = new Map<number, CallRecord>()
  for (const event of events) {
    if (event.type === 'call.arrived') {
      const { call, agent, conversation, turn, provider, model, stream, attempt, at, request } = event
      calls.set(call, {
        call,
        agent,
        conversation,
        turn,
        provider,
        model,
        stream,
        attempt,
        retryOf: undefined,
        arrivedAt: at,
        firstTokenAt: undefined,
        endedAt: undefined,
        status: 'open',
        fault: undefined,
        retryAfterMs: null,
        request,
        usage: NO_USAGE,
        cost: 0,
      })
      continue
    }
    if (!('call' in event)) continue
    const record = calls.get(event.call)
    if (!record) continue
    switch (event.type) {
      case 'call.retried':
        record.retryOf = event.of
        break
      case 'call.firstToken':
        record.firstTokenAt = event.at
        break
      case 'call.ended':
        record.status = 'ended'
        record.endedAt = event.at
        record.fault = event.fault ?? undefined
        record.usage = event.usage
        record.cost = event.cost
        break
      case 'call.failed':
        record.status = 'failed'
        record.endedAt = event.at
        record.fault = event.fault
        record.retryAfterMs = event.retryAfterMs
        record.usage = event.usage
        record.cost = event.cost
        break
      case 'call.dequeued':
      case 'call.replayed':
        break
      default:
        event satisfies never
    }
  }
  return [...calls.values()]
}

/** One collection of answers, folded from its events. */
export interface GatherRecord {
  gather: number
  name: string
  expected: readonly string[]
  startedAt: number
  endedAt: number | undefined
  timeoutMs: number | null
  /** In time, in the order of arrival. */
  received: readonly string[]
  /** After the gather had ended. */
  late: readonly string[]
  missing: readonly string[]
}

/** Folds the events of each gather into one record, in the order of their start. */
export function gathersOf(events: Iterable<TraceEvent>): GatherRecord[] {
  const gathers = new Map<number, GatherRecord & { received: string[]; late: string[] }>()
  for (const event of events) {
    if (event.type === 'gather.started') {
      const { gather, name, expected, timeoutMs, at } = event
      gathers.set(gather, {
        gather,
        name,
        expected,
        startedAt: at,
        endedAt: undefined,
        timeoutMs,
        received: [],
        late: [],
        missing: expected,
      })
    } else if (event.type === 'gather.received') {
      gathers.get(event.gather)?.[event.late ? 'late' : 'received'].push(event.agent)
    } else if (event.type === 'gather.ended') {
      const record = gathers.get(event.gather)
      if (record) Object.assign(record, { endedAt: event.at, missing: event.missing })
    }
  }
  for (const record of gathers.values()) {
    if (record.endedAt !== undefined) continue
    const answered = new Set(record.received)
    record.missing = record.expected.filter((agent) => !answered.has(agent))
  }
  return [...gathers.values()]
}
