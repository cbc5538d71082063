import type { TraceEvent } from '../../trace/events.ts'
import { callTable, type CallTable } from './calls.ts'
import type { FindingRow, RunModel, SaidRow } from './data.ts'
import { limitRows, type GivenLimits } from './limits.ts'
import { markColumns } from './marks.ts'
import { breakerSpans, gatherRows, windowSpans, type GivenWindow } from './spans.ts'
import { shownText, Strings } from './strings.ts'
import { toldCalls } from './told-calls.ts'

/** What a trace does not say of its run. */
export interface AboutRun {
  title: string
  label?: string
  /** Default: how the trace says that it ended. */
  status?: RunModel['status']
  /** Default: that of the trace. */
  seed?: string | number
  replay?: string
  errors?: readonly string[]
  /** What checks have found; `calls` by their numbers. */
  findings?: readonly (Omit<FindingRow, 'calls'> & { calls: readonly number[] })[]
  windows?: readonly GivenWindow[]
  limits?: GivenLimits
  remarks?: readonly string[]
}

const TOLD_REMARK = 'This log contains the calls as the orchestrator reports them. It has no record of the service.'

/** What tells of time in which a run does nothing, or is over. */
const AFTERWARDS: ReadonlySet<TraceEvent['type']> = new Set([
  'clock.slept',
  'timers.leaked',
  'calls.leaked',
  'setUp.misspelt',
  'setUp.unused',
])

/** How a trace says that its run went. */
function statusOf(events: readonly TraceEvent[]): RunModel['status'] {
  const end = events.findLast(({ type }) => type === 'run.ended' || type === 'run.started' || type === 'run.resumed')
  if (end?.type === 'run.ended') return end.status
  return events.some(({ type }) => type === 'run.started') ? 'running' : 'completed'
}

/** Who has a lane, in the order of appearance. */
function agentsOf(events: readonly TraceEvent[], strings: Strings): number[] {
  const agents = new Set<number>()
  for (const event of events) {
    if (event.type === 'gather.started') for (const agent of event.expected) agents.add(strings.of(agent))
    else if (event.type !== 'span.ended' && 'agent' in event && typeof event.agent === 'string')
      agents.add(strings.of(event.agent))
  }
  agents.delete(0)
  return [...agents]
}

/** Questions and answers, each at the call that ended with it. */
function saidRows(events: readonly TraceEvent[], { records }: CallTable, strings: Strings): SaidRow[] {
  const traced = events.filter((event) => event.type === 'completion.traced')
  if (traced.length === 0) return []
  const ended = new Map(records.map(({ agent, endedAt }, row) => [`${endedAt} ${agent}`, row]))
  return traced.map(({ agent, at, prompt, answer, cached, tookMs, waitedMs }) => ({
    agent: strings.of(agent),
    at: Math.round(at),
    row: cached ? -1 : (ended.get(`${at} ${agent}`) ?? -1),
    prompt: shownText(prompt),
    answer: shownText(answer),
    tookMs: Math.round(tookMs),
    waitedMs: Math.round(waitedMs),
  }))
}

/** The last limit that the orchestrator has told. */
function budgetOf(events: readonly TraceEvent[]): number | null {
  const checked = events.findLast((event) => event.type === 'cost.checked')
  return checked?.type === 'cost.checked' && checked.limit !== null ? Number(checked.limit) : null
}

/** What a page needs to draw a run: a pure function of its trace, and of what is known beside it. */
export function runModel(given: Iterable<TraceEvent>, about: AboutRun): RunModel {
  const written = [...given]
  const strings = new Strings()
  const hasCalls = written.some(({ type }) => type === 'call.arrived' || type === 'call.refused')
  const isTold = !hasCalls && written.some(({ type }) => type === 'attempt.started' || type === 'attempt.ended')
  const events = isTold ? toldCalls(written) : written
  const agents = agentsOf(events, strings)
  const table = callTable(events, strings)
  const endMs = Math.ceil(
    events.reduce((latest, { at, type }) => (AFTERWARDS.has(type) ? latest : Math.max(latest, at)), 0),
  )
  const started = events.find((event) => event.type === 'run.started')
  const messages = events.filter((event) => event.type === 'message.sent')
  const claims = events.filter((event) => event.type === 'cost.claimed')
  const {
    title,
    label = '',
    status = statusOf(events),
    replay = '',
    errors = [],
    findings,
    windows = [],
    limits = {},
  } = about
  const model: Omit<RunModel, 'strings'> = {
    title,
    label,
    status,
    seed: String(about.seed ?? started?.seed ?? ''),
    replay,
    errors: [...errors],
    toldBy: isTold ? 'orchestrator' : 'service',
    isChecked: findings !== undefined,
    remarks: [...(about.remarks ?? []), ...(isTold ? [TOLD_REMARK] : [])],
    endMs,
    agents,
    calls: table.columns,
    marks: markColumns(events, strings),
    gathers: gatherRows(events, strings),
    breakers: breakerSpans(events, strings, endMs),
    windows: windowSpans(windows, endMs),
    limits: limitRows(limits, [...new Set(table.records.map(({ provider }) => provider))], strings),
    findings: (findings ?? []).map(({ check, at, what, why, advice, calls }) => ({
      check,
      at: Math.round(at),
      what,
      why,
      advice,
      calls: calls.flatMap((call) => table.rowOf.get(call) ?? []),
    })),
    said: saidRows(events, table, strings),
    messages: {
      at: messages.map(({ at }) => Math.round(at)),
      from: messages.map(({ from }) => strings.of(from)),
      to: messages.map(({ to }) => strings.of(to)),
    },
    claims: {
      at: claims.map(({ at }) => Math.round(at)),
      known: claims.map(({ known }) => known),
      uncertain: claims.map(({ uncertain }) => uncertain),
    },
    budget: budgetOf(events),
    billed: table.records.reduce((sum, { cost }) => sum + BigInt(cost), 0n).toString(),
  }
  return { ...model, strings: strings.all }
}
