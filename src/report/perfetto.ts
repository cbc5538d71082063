import { callsOf, gathersOf, type CallRecord, type Trace, type TraceEvent } from '../trace/index.ts'

// Source: the Chrome trace event format, which https://ui.perfetto.dev opens.

/** One event of the format. Times are in microseconds. */
export interface ChromeEvent {
  name: string
  /** `X` a span, `i` a moment, `C` a counter, `M` a name, `s` and `f` the ends of an arrow. */
  ph: 'X' | 'i' | 'C' | 'M' | 's' | 'f'
  ts: number
  pid: number
  tid: number
  dur?: number
  cat?: string
  id?: number
  bp?: 'e'
  s?: 't' | 'p'
  args?: Readonly<Record<string, unknown>>
}

/** A trace in the format. */
export interface ChromeTrace {
  traceEvents: readonly ChromeEvent[]
  displayTimeUnit: 'ms'
}

const AGENTS = 1
const ORCHESTRATION = 2
const COUNTERS = 3
/** Tracks that the calls of one agent may need at one time. */
const LANES = 1_000
const DOLLAR = 1e12
const micros = (ms: number): number => Math.round(ms * 1_000)

/** Gives each call of an agent a track of its own while others of it are under way. */
function laneIn(lanes: number[], from: number, to: number): number {
  const free = lanes.findIndex((until) => until <= from)
  const lane = free < 0 ? lanes.length : free
  lanes[lane] = to
  return lane
}

interface Place {
  ts: number
  until: number
  tid: number
}

/** An arrow belongs to the span in which it begins, and its end is outside of it. */
const lastIn = ({ ts, until }: Place): number => Math.max(ts, until - 1)

/** Arrows of messages: from the call in which, or after which, an agent has sent one to the next call of its receiver. */
function messageArrows(trace: Trace, placesOf: ReadonlyMap<string, readonly Place[]>): ChromeEvent[] {
  return trace.ofType('message.sent').flatMap(({ seq, at, from, to }): ChromeEvent[] => {
    const now = micros(at)
    const sent = placesOf.get(from)?.findLast(({ ts }) => ts <= now)
    const read = placesOf.get(to)?.find(({ ts }) => ts >= now)
    if (!sent || !read) return []
    const arrow = { name: 'message', cat: 'message', id: seq, pid: AGENTS } as const
    return [
      { ...arrow, ph: 's', ts: Math.min(now, lastIn(sent)), tid: sent.tid },
      { ...arrow, ph: 'f', bp: 'e', ts: read.ts, tid: read.tid },
    ]
  })
}

const outcomeOf = ({ status, fault }: CallRecord): string => (status === 'ended' ? 'answered' : (fault ?? status))

/**
 * The trace of a run for Perfetto and `chrome://tracing`: a track for each agent, arrows from a failed call to its retry and from a
 * message's sender to its receiver, gathers on the track of the orchestration, and counters of cost and of calls under way.
 */
export function perfettoTrace(trace: Trace): ChromeTrace {
  const events = [...trace]
  const end = events.at(-1)?.at ?? 0
  const calls = callsOf(trace)
  const traceEvents: ChromeEvent[] = [
    { name: 'process_name', ph: 'M', ts: 0, pid: AGENTS, tid: 0, args: { name: 'agents' } },
    { name: 'process_name', ph: 'M', ts: 0, pid: ORCHESTRATION, tid: 0, args: { name: 'orchestration' } },
    { name: 'process_name', ph: 'M', ts: 0, pid: COUNTERS, tid: 0, args: { name: 'sums' } },
  ]
  const names = [...new Set(calls.map(({ agent }) => agent))]
  const lanes = new Map(names.map((name) => [name, [] as number[]]))
  const places = new Map<number, Place>()
  const placesOf = new Map<string, Place[]>()
  const track = (agent: string, lane: number): number => (names.indexOf(agent) + 1) * LANES + lane

  for (const call of calls) {
    const until = call.endedAt ?? end
    const lane = laneIn(lanes.get(call.agent)!, call.arrivedAt, until)
    const tid = track(call.agent, lane)
    const place = { ts: micros(call.arrivedAt), until: micros(until), tid }
    places.set(call.call, place)
    const own = placesOf.get(call.agent)
    if (own) own.push(place)
    else placesOf.set(call.agent, [place])
    traceEvents.push({
      name: `${call.model}: ${outcomeOf(call)}`,
      cat: 'call',
      ph: 'X',
      ts: micros(call.arrivedAt),
      dur: micros(until) - micros(call.arrivedAt),
      pid: AGENTS,
      tid,
      args: {
        call: call.call,
        provider: call.provider,
        conversation: call.conversation,
        turn: call.turn,
        attempt: call.attempt,
        outcome: outcomeOf(call),
        'input tokens': call.usage.input,
        'output tokens': call.usage.output,
        dollars: Number(call.cost) / DOLLAR,
      },
    })
    if (call.firstTokenAt !== undefined)
      traceEvents.push({
        name: 'time to first token',
        cat: 'call',
        ph: 'X',
        ts: micros(call.arrivedAt),
        dur: micros(call.firstTokenAt) - micros(call.arrivedAt),
        pid: AGENTS,
        tid,
      })
    const before = call.retryOf === undefined ? undefined : places.get(call.retryOf)
    if (before) {
      const arrow = { name: 'retry', cat: 'retry', id: call.call, pid: AGENTS } as const
      traceEvents.push(
        { ...arrow, ph: 's', ts: lastIn(before), tid: before.tid },
        { ...arrow, ph: 'f', bp: 'e', ts: micros(call.arrivedAt), tid },
      )
    }
  }
  for (const [agent, own] of lanes)
    for (let lane = 0; lane < Math.max(1, own.length); lane++)
      traceEvents.push(
        {
          name: 'thread_name',
          ph: 'M',
          ts: 0,
          pid: AGENTS,
          tid: track(agent, lane),
          args: { name: lane === 0 ? agent : `${agent} (${lane + 1})` },
        },
        {
          name: 'thread_sort_index',
          ph: 'M',
          ts: 0,
          pid: AGENTS,
          tid: track(agent, lane),
          args: { sort_index: track(agent, lane) },
        },
      )
  const gatherLanes: number[] = []
  for (const { name, startedAt, endedAt, received, missing } of gathersOf(trace)) {
    const until = endedAt ?? end
    traceEvents.push({
      name: `gather ${name}${missing.length > 0 ? ', partial' : ''}`,
      cat: 'gather',
      ph: 'X',
      ts: micros(startedAt),
      dur: micros(until) - micros(startedAt),
      pid: ORCHESTRATION,
      tid: 1 + laneIn(gatherLanes, startedAt, until),
      args: { received, missing },
    })
  }
  const arrows = messageArrows(trace, placesOf)
  return { traceEvents: [...traceEvents, ...arrows, ...moments(trace), ...counters(calls)], displayTimeUnit: 'ms' }
}

/** What happens at one moment: breakers, restarts, agents that hang, budgets, notes. */
function moments(trace: Trace): ChromeEvent[] {
  return [...trace].flatMap((event): ChromeEvent[] => {
    const told = momentText(event)
    return told === undefined
      ? []
      : [{ name: told, cat: event.type, ph: 'i', s: 'p', ts: micros(event.at), pid: ORCHESTRATION, tid: 1 }]
  })
}

function momentText(event: TraceEvent): string | undefined {
  switch (event.type) {
    case 'run.started':
      return `run ${event.name} started`
    case 'run.ended':
      return `run ${event.status}`
    case 'run.resumed':
      return 'run resumed'
    case 'run.cancelled':
      return 'run cancelled'
    case 'breaker.changed':
      return `breaker of ${event.target}: ${event.state}`
    case 'agent.spawned':
      return `${event.agent} spawned`
    case 'agent.terminated':
      return `${event.agent} terminated`
    case 'agent.hung':
      return `${event.agent} hangs`
    case 'agent.restarted':
      return `${event.agent} restarted`
    case 'budget.refused':
      return `budget refused ${event.agent}`
    case 'message.sent':
      return `message ${event.from} → ${event.to}`
    case 'note':
      return event.text
    default:
      return undefined
  }
}

/** The bill as it grows, and how many calls are under way. */
function counters(calls: readonly CallRecord[]): ChromeEvent[] {
  const changes = calls.flatMap(({ arrivedAt, endedAt, cost }) => [
    { at: arrivedAt, open: 1, cost: 0 },
    ...(endedAt === undefined ? [] : [{ at: endedAt, open: -1, cost: Number(cost) }]),
  ])
  let open = 0
  let cost = 0
  return changes
    .toSorted((a, b) => a.at - b.at)
    .flatMap((change): ChromeEvent[] => {
      open += change.open
      cost += change.cost
      const at = { ph: 'C', ts: micros(change.at), pid: COUNTERS, tid: 0 } as const
      return [
        { ...at, name: 'calls in progress', args: { calls: open } },
        ...(change.cost > 0 ? [{ ...at, name: 'cost in dollars', args: { dollars: cost / DOLLAR } }] : []),
      ]
    })
}
