import { findViolations, type CheckName, type CheckSettings } from '../../src/checks/index.ts'
import { Trace, type EventBody, type TraceEvent, type Usage } from '../../src/trace/index.ts'

/** What happens when. */
type Part = readonly (readonly [at: number, body: EventBody])[]

const usage: Usage = { input: 10, cachedInput: 0, cacheWrite: 0, output: 10, reasoning: 0 }

interface CallOf {
  agent?: string
  from: number
  /** Left out for one that never ends. */
  to?: number
  /** Lets it fail. */
  fault?: string
  /** What an answer suffers from. */
  blemish?: string
  retryAfterMs?: number
  finish?: string
  request?: string
  prompt?: number
  attempt?: number
  retryOf?: number
  turn?: number
  conversation?: string
  continues?: number
  holds?: readonly number[]
  overtakes?: number
  questions?: number
  repeated?: number
  repeatedTools?: readonly string[]
  model?: string
  run?: number | null
  cost?: number
  ownTime?: true
}

/** A call, from its arrival to its end. */
export function call(number: number, of: CallOf): Part {
  const { agent = 'ann', from, to, fault, blemish = null, retryAfterMs = null, finish = 'stop', request, retryOf } = of
  const { turn = 1, attempt = 1, model = 'gpt-4o-mini', cost = 0 } = of
  const arrived: EventBody = {
    type: 'call.arrived',
    call: number,
    agent,
    conversation: of.conversation ?? `${agent}/1`,
    turn,
    provider: 'openai',
    model,
    operation: 'chat.completions',
    stream: false,
    inputTokens: 10,
    attempt,
    request: request ?? `request ${number}`,
    ...(of.prompt !== undefined && { prompt: of.prompt }),
    ...(of.continues !== undefined && { continues: of.continues }),
    ...(of.holds && { holds: of.holds }),
    ...(of.overtakes !== undefined && { overtakes: of.overtakes }),
    ...(of.questions !== undefined && { questions: of.questions }),
    ...(of.repeated !== undefined && { repeated: of.repeated }),
    ...(of.ownTime && { ownTime: true }),
    ...(of.repeatedTools && { repeatedTools: of.repeatedTools }),
    ...(of.run !== undefined && { run: of.run }),
  }
  const retried: Part =
    retryOf === undefined ? [] : [[from, { type: 'call.retried', call: number, of: retryOf, afterMs: 0 }]]
  if (to === undefined) return [[from, arrived], ...retried]
  const afterMs = to - from
  const end: EventBody =
    fault === undefined
      ? { type: 'call.ended', call: number, afterMs, finish, fault: blemish, usage, cost }
      : { type: 'call.failed', call: number, afterMs, fault, message: fault, retryAfterMs, usage, cost }
  return [[from, arrived], ...retried, [to, end]]
}

export const event = (at: number, body: EventBody): Part => [[at, body]]

/** Tries of one request, each `pauseMs` after the failure of the one before, which takes a second. */
export const tries = (count: number, pauseMs: number, of: object = {}, from = 0, first = 1) =>
  Array.from({ length: count }, (_, nth) =>
    call(first + nth, {
      request: 'same',
      fault: 'server_error',
      from: from + nth * (1_000 + pauseMs),
      to: from + nth * (1_000 + pauseMs) + 1_000,
      attempt: nth + 1,
      ...(nth > 0 && { retryOf: first + nth - 1 }),
      ...of,
    }),
  ).flat()

/** A run, from its start to its end. */
export const run = (from: number, to: number) => [
  event(from, { type: 'run.started', name: 'a', seed: 1, vars: {} }),
  event(to, { type: 'run.ended', status: 'completed' }),
]

interface GatherOf {
  name?: string
  from: number
  to: number
  expected: readonly string[]
  timeoutMs?: number
  received?: readonly (readonly [at: number, agent: string])[]
}

/** A gather, from its start to its end. */
export function gather(
  number: number,
  { name = 'votes', from, to, expected, timeoutMs, received = [] }: GatherOf,
): Part {
  const inTime = received.filter(([at]) => at <= to).map(([, agent]) => agent)
  return [
    [
      from,
      {
        type: 'gather.started',
        gather: number,
        name,
        expected,
        atLeast: 0,
        timeoutMs: timeoutMs ?? null,
        tasks: null,
      },
    ],
    ...received.map(([at, agent]) => [at, { type: 'gather.received', gather: number, agent, late: at > to }] as const),
    [
      to,
      {
        type: 'gather.ended',
        gather: number,
        received: inTime,
        missing: expected.filter((agent) => !inTime.includes(agent)),
      },
    ],
  ]
}

/** A trace of what happens, in the order of time. */
export function story(...parts: readonly Part[]): Trace {
  let now = 0
  const trace = new Trace(() => now)
  let run: number | undefined
  for (const [at, body] of parts.flat().toSorted((a, b) => a[0] - b[0])) {
    now = at
    const isOfRun = body.type === 'run.ended' || body.type === 'run.cancelled'
    const seq = trace.append(body, isOfRun && run !== undefined ? [run] : [])
    if (body.type === 'run.started') run = seq
  }
  return trace
}

/** What happens in a trace, so that more can happen beside it. */
export const partsOf = (trace: Trace): Part =>
  [...trace].map((told) => {
    const { seq: _seq, causes: _causes, at, ...body } = told
    return [at, body as EventBody]
  })

/** What one check finds in a trace. */
export const finds = (check: CheckName, trace: Iterable<TraceEvent>, tuned: object = {}, slack = 0): string[] =>
  findViolations(trace, { [check]: tuned } as CheckSettings, { slack })
    .filter((violation) => violation.check === check)
    .map(({ what }) => what)
