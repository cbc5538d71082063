import type { EventOf, TracedMessage, TraceEvent, Usage } from './events.ts'

/** One call, folded from its events. Times are milliseconds since the start of the run. */
export interface CallRecord {
  /** The number of the call, in the order of arrival. */
  call: number
  /** The agent that made the call. */
  agent: string
  /** The id of the conversation that the call continues. */
  conversation: string
  /** The turn of the call in its conversation, from 1. */
  turn: number
  /** The called service, such as `openai`. */
  service: string
  /** @deprecated The former name of `service`. */
  provider: string
  /** The requested model. */
  model: string
  /** Whether the client requested a stream. */
  stream: boolean
  /** The number of the attempt: 1 for the first attempt of a request, 2 for its first retry … */
  attempt: number
  /** The number of the call that this call retries. */
  retryOf: number | undefined
  /** When the request arrived at the service. Milliseconds since the start of the run. */
  arrivedAt: number
  /** When the first token left. Milliseconds since the start of the run; undefined without a token. */
  firstTokenAt: number | undefined
  /** When the call ended. Milliseconds since the start of the run; undefined while the call is open. */
  endedAt: number | undefined
  /**
   * When all clients of the call had disconnected while the service continued, for an idempotency key. Milliseconds
   * since the start of the run.
   */
  leftAt: number | undefined
  /**
   * `open`: in progress at the end of the trace. `refused`: the service rejected the request before it became a call.
   */
  status: 'open' | 'ended' | 'failed' | 'refused'
  /** The reason for the end of the answer: `stop`, `tool_calls`, `length` …; undefined without an answer. */
  finish: string | undefined
  /** The fault of the call; for a refused request, the reason. */
  fault: string | undefined
  /** The time to wait before a retry, as the service stated it. Milliseconds; null if it stated none. */
  retryAfterMs: number | null
  /** Identifies the content of the request: equal for requests with the same content. */
  request: string
  /**
   * Identifies the messages of the request: equal for requests with the same messages. Undefined for calls that
   * continue no conversation.
   */
  prompt: number | undefined
  /** The number of the newest call whose messages and answer are the beginning of these messages. */
  continues: number | undefined
  /** The numbers of the newest calls whose answers the messages contain. */
  holds: readonly number[]
  /**
   * The number of the newest call in progress at the arrival whose messages are the beginning of these messages, before
   * another question.
   */
  overtakes: number | undefined
  /** How many messages of the user end the messages without an answer between them. */
  questions: number
  /** How many times in a row the messages end with the same tool calls and the same results; 1 for no repetition. */
  repeated: number
  /** The names of the tools that are called each time; empty for no repetition. */
  repeatedTools: readonly string[]
  /**
   * The run that made the call: the sequence number of its start. Null for a call of the test itself; undefined if
   * unknown.
   */
  run: number | null | undefined
  /**
   * Whether the service continues the call without its client: a line of a batch, or an answer that is fetched later.
   */
  detached: boolean
  /** Whether the client ran in another process or thread, in real time, while the time of the run was simulated. */
  ownTime: boolean
  /** The sequence number of the arrival in the trace. */
  seq: number
  /** The billed tokens of the call. */
  usage: Usage
  /** The billed cost of the call. Picodollars (10⁻¹² US dollars). */
  cost: bigint
  /** The messages of the request; undefined if the trace keeps no contents (`trace: { contents: true }`). */
  messages?: readonly TracedMessage[] | undefined
  /** The text of the answer; undefined without an answer, or if the trace keeps no contents. */
  answer?: string | undefined
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
  /** By the number of the call that failed. */
  const retries = new Map<number, CallRecord>()
  for (const event of events) {
    if (event.type === 'call.arrived') {
      const { call, agent, conversation, turn, provider, model, stream, attempt, at, request, seq } = event
      const { prompt, continues, holds = [], overtakes, questions = 1, repeated = 1, repeatedTools = [] } = event
      const { run, detached = false, ownTime = false, messages } = event
      calls.set(call, {
        call,
        agent,
        conversation,
        turn,
        service: provider,
        provider,
        model,
        stream,
        attempt,
        retryOf: undefined,
        arrivedAt: at,
        firstTokenAt: undefined,
        endedAt: undefined,
        leftAt: undefined,
        status: 'open',
        finish: undefined,
        fault: undefined,
        retryAfterMs: null,
        request,
        prompt,
        continues,
        holds,
        overtakes,
        questions,
        repeated,
        repeatedTools,
        run,
        detached,
        ownTime,
        seq,
        usage: NO_USAGE,
        cost: 0n,
        messages,
        answer: undefined,
      })
      continue
    }
    if (!('call' in event)) continue
    if (event.type === 'call.refused') {
      if (event.call !== null) calls.set(event.call, refusedCall(event, event.call))
      continue
    }
    const record = calls.get(event.call)
    if (!record) continue
    switch (event.type) {
      case 'call.retried': {
        const guessed = retries.get(event.of)
        if (guessed) Object.assign(guessed, { retryOf: undefined, attempt: 1 })
        retries.set(event.of, record)
        record.retryOf = event.of
        break
      }
      case 'call.firstToken':
        record.firstTokenAt = event.at
        break
      case 'call.ended':
        record.status = 'ended'
        record.endedAt = event.at
        record.finish = event.finish
        record.fault = event.fault ?? undefined
        record.usage = event.usage
        record.cost = BigInt(event.cost)
        record.answer = event.answer
        break
      case 'call.failed':
        record.status = 'failed'
        record.endedAt = event.at
        record.fault = event.fault
        record.retryAfterMs = event.retryAfterMs
        record.usage = event.usage
        record.cost = BigInt(event.cost)
        break
      case 'call.left':
        record.leftAt = event.at
        break
      case 'call.replayed':
        if (record.status === 'open') record.leftAt = undefined
        break
      case 'call.dequeued':
      case 'setUp.toolNotOffered':
      case 'setUp.replyMisfit':
        break
      default:
        event satisfies never
    }
  }
  // Who was taken for a retry may have been tried again.
  for (const record of calls.values()) {
    const before = record.retryOf === undefined ? undefined : calls.get(record.retryOf)
    if (before) record.attempt = before.attempt + 1
  }
  return [...calls.values()]
}

/** Who asks where nothing says it. */
const UNKNOWN_AGENT = 'unknown'

/** A request that a service has refused takes no time, and is no part of a conversation. */
function refusedCall(event: EventOf<'call.refused'>, call: number): CallRecord {
  const agent = event.agent ?? UNKNOWN_AGENT
  return {
    call,
    agent,
    conversation: `${agent}/refused-${call}`,
    turn: 1,
    service: event.provider ?? '',
    provider: event.provider ?? '',
    model: event.model ?? '',
    stream: false,
    attempt: 1,
    retryOf: undefined,
    arrivedAt: event.at,
    firstTokenAt: undefined,
    endedAt: event.at,
    leftAt: undefined,
    status: 'refused',
    finish: undefined,
    fault: event.reason,
    retryAfterMs: null,
    request: event.request ?? '',
    prompt: undefined,
    continues: undefined,
    holds: [],
    overtakes: undefined,
    questions: 1,
    repeated: 1,
    repeatedTools: [],
    run: undefined,
    detached: false,
    ownTime: false,
    seq: event.seq,
    usage: NO_USAGE,
    cost: 0n,
    messages: undefined,
    answer: undefined,
  }
}

/** One gather of answers, folded from its events. */
export interface GatherRecord {
  /** The number of the gather. */
  gather: number
  /** The name of the gather. */
  name: string
  /** The agents from which the gather expects answers. */
  expected: readonly string[]
  /** When the gather started. Milliseconds since the start of the run. */
  startedAt: number
  /** When the gather ended. Milliseconds since the start of the run; undefined while the gather is open. */
  endedAt: number | undefined
  /** The timeout of the gather in milliseconds; null without a timeout. */
  timeoutMs: number | null
  /** Number of tasks that the agents share; null if all agents get the same question. */
  tasks: number | null
  /** The agents that answered in time, in the order of arrival. */
  received: readonly string[]
  /** The agents that answered after the end of the gather. */
  late: readonly string[]
  /** The agents whose answers did not arrive in time. */
  missing: readonly string[]
}

/** Folds the events of each gather into one record, in the order of their start. */
export function gathersOf(events: Iterable<TraceEvent>): GatherRecord[] {
  const gathers = new Map<number, GatherRecord & { received: string[]; late: string[] }>()
  for (const event of events) {
    if (event.type === 'gather.started') {
      const { gather, name, expected, timeoutMs, tasks, at } = event
      gathers.set(gather, {
        gather,
        name,
        expected,
        startedAt: at,
        endedAt: undefined,
        timeoutMs,
        tasks,
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

/** The calls of one agent, summed up. */
export interface AgentRecord {
  /** The name of the agent. */
  agent: string
  /** Number of calls of the agent. */
  calls: number
  /** Number of failed calls, including refused requests. */
  failed: number
  /** Number of calls that retry a failed call. */
  retries: number
  /** The billed tokens, including failed calls. */
  usage: Usage
  /** The billed cost of the agent. Picodollars (10⁻¹² US dollars). */
  cost: bigint
  /** Time from arrival to end of the answered calls. Milliseconds; null without answered calls. */
  latencyMs: { median: number; p95: number; max: number } | null
}

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)]!

/** Sums up each agent's calls, in the order of their first ones. */
export function agentsOf(calls: readonly CallRecord[]): AgentRecord[] {
  return [...Map.groupBy(calls, ({ agent }) => agent)].map(([agent, all]) => {
    const sum = (part: keyof Usage): number => all.reduce((total, { usage }) => total + usage[part], 0)
    const latencies = all
      .flatMap(({ status, arrivedAt, endedAt }) => (status === 'ended' ? [endedAt! - arrivedAt] : []))
      .toSorted((a, b) => a - b)
    return {
      agent,
      calls: all.length,
      failed: all.filter(({ status }) => status === 'failed' || status === 'refused').length,
      retries: all.filter(({ retryOf }) => retryOf !== undefined).length,
      usage: {
        input: sum('input'),
        cachedInput: sum('cachedInput'),
        cacheWrite: sum('cacheWrite'),
        output: sum('output'),
        reasoning: sum('reasoning'),
      },
      cost: all.reduce((total, { cost }) => total + cost, 0n),
      latencyMs:
        latencies.length === 0
          ? null
          : { median: quantile(latencies, 0.5), p95: quantile(latencies, 0.95), max: latencies.at(-1)! },
    }
  })
}

/** The total bill at a time. */
export interface CostPoint {
  /** Milliseconds since the start of the run. */
  at: number
  /** The bill since the start of the run. Picodollars. */
  cost: bigint
}

/** The bill as it grows: a point at the end of each span in which something was billed. */
export function costOverTime(calls: readonly CallRecord[], everyMs: number): CostPoint[] {
  const ended = calls
    .filter(({ endedAt, cost }) => endedAt !== undefined && cost > 0)
    .toSorted((a, b) => a.endedAt! - b.endedAt!)
  const points: CostPoint[] = []
  let cost = 0n
  for (const call of ended) {
    cost += call.cost
    const at = (Math.floor(call.endedAt! / everyMs) + 1) * everyMs
    if (points.at(-1)?.at === at) points.at(-1)!.cost = cost
    else points.push({ at, cost })
  }
  return points
}
