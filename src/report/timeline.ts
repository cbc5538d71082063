import { formatDuration } from '../clock/index.ts'
import { formatDollars } from '../money/index.ts'
import type { Violation } from '../checks/index.ts'
import type { CallRecord, EventOf, GatherRecord, Trace, TraceEvent } from '../trace/index.ts'
import { callsOf, gathersOf } from '../trace/index.ts'

const WIDTH = 32
const MAX_LINES = 16

/** What a violation says of the events that it is about. */
type About = Pick<Violation, 'at' | 'calls'>

interface Bar {
  /** The number of the call that the bar shows, if it shows one. */
  call?: number
  /** Whether it is the end of a run, and no bar. */
  isEnd?: boolean
  from: number
  to: number
  who: string
  what: string
}

function callBar(call: CallRecord, end: number): Bar {
  const to = call.endedAt ?? end
  const attempt = call.attempt > 1 ? `, attempt ${call.attempt}` : ''
  const how = call.status === 'ended' ? formatDollars(call.cost) : (call.fault ?? 'no answer yet')
  return {
    call: call.call,
    from: call.arrivedAt,
    to,
    who: call.agent,
    what: `call ${call.call} ${call.model}: ${how}${attempt}`,
  }
}

/** Also of requests that no service has seen. */
function refusedBar(event: EventOf<'call.refused'>): Bar {
  const { at, agent, call, model, method, host, path, status, reason, message } = event
  const which = call === null ? `${method} ${host}${path}` : `call ${call}${model === null ? '' : ` ${model}`}`
  const how = status === null ? 'without an answer' : `with ${status}`
  return {
    ...(call !== null && { call }),
    from: at,
    to: at,
    who: agent ?? '',
    what: `${which}: refused ${how} (${reason}): ${message}`,
  }
}

function gatherBar(gather: GatherRecord, end: number): Bar {
  const { received, missing } = gather
  const what = `gather ${gather.name}: ${received.length} received${missing.length > 0 ? `, missing ${missing.join(', ')}` : ''}`
  return { from: gather.startedAt, to: gather.endedAt ?? end, who: '', what }
}

/** The end of the last run, which nothing of it should outlast. */
function endBars(events: readonly TraceEvent[]): Bar[] {
  const ended = events.findLast((event) => event.type === 'run.ended')
  if (!ended) return []
  return [{ isEnd: true, from: ended.at, to: ended.at, who: '', what: `the run ended (${ended.status})` }]
}

/** The numbers in a text such as `call 3 of planner` or `calls 3, 7 and 9`. */
const NAMED_CALLS = /\bcalls? (\d+(?:(?:, | and )\d+\b(?! more))*)/g

/** The numbers of the calls that a verdict names. */
const namedIn = (verdict: string): Set<number> =>
  new Set([...verdict.matchAll(NAMED_CALLS)].flatMap(([, numbers]) => numbers!.split(/\D+/).map(Number)))

/** Violations of one check whose calls are shown: as many as its verdict tells. */
const MAX_VIOLATIONS = 3

/** The calls of violations: the first of each, then the second of each, and so on. */
function callsOfViolations(violations: readonly About[]): number[] {
  const longest = Math.max(0, ...violations.map(({ calls }) => calls.length))
  return Array.from({ length: longest }, (_, nth) => violations.flatMap(({ calls }) => calls[nth] ?? [])).flat()
}

/**
 * The newest bars, and in up to half of the lines older ones that the verdict is about: the calls that it names, those
 * of its violations, and requests that became no call at their times.
 */
function shownOf(bars: readonly Bar[], most: number, verdict: string, violations: readonly About[]): Set<Bar> {
  const older = bars.slice(0, -most)
  const half = Math.floor(most / 2)
  const named = new Set([...namedIn(verdict), ...callsOfViolations(violations)])
  const times = new Set(violations.flatMap(({ at, calls }) => (calls.length === 0 ? [at] : [])))
  const barOf = new Map(older.map((bar) => [bar.call, bar]))
  const first = [
    ...[...named].flatMap((call) => barOf.get(call) ?? []),
    ...older.filter(({ call, from }) => call === undefined && times.has(from)),
  ].slice(0, half)
  return new Set([...first, ...bars.slice(-(most - first.length))])
}

/**
 * The newest calls and gathers of a trace as a small chart in text, with the older calls that a verdict names.
 *
 * @param most lines at most
 * @param verdict the text above the chart, such as the message of a failed check
 * @param violations what checks have found, if that is what the text above tells
 */
export function timeline(trace: Trace, most = MAX_LINES, verdict = '', violations: readonly Violation[] = []): string {
  const events = [...trace]
  const end = events.at(-1)?.at ?? 0
  const bars = [
    ...callsOf(events)
      .filter(({ status }) => status !== 'refused')
      .map((call) => callBar(call, end)),
    ...events.filter((event) => event.type === 'call.refused').map(refusedBar),
    ...gathersOf(events).map((gather) => gatherBar(gather, end)),
  ].toSorted((a, b) => a.from - b.from)
  if (bars.length === 0) return `No call reached the provider${end > 0 ? ` in ${formatDuration(end)}` : ''}.`
  const told = [...Map.groupBy(violations, ({ check }) => check).values()].flatMap((all) =>
    all.slice(0, MAX_VIOLATIONS),
  )
  const shown = shownOf(bars, most, verdict, told)
  const start = Math.min(...[...shown].map(({ from }) => from))
  const scale = WIDTH / Math.max(1, end - start)
  const lines: string[] = []
  let hidden = 0
  for (const bar of [...bars, ...endBars(events)].toSorted((one, other) => one.from - other.from)) {
    if (bar.isEnd ? bar.from < start : !shown.has(bar)) {
      if (!bar.isEnd) hidden += 1
      continue
    }
    if (hidden > 0) lines.push(`  … ${hidden} ${lines.length === 0 ? 'earlier' : 'more'}`)
    hidden = 0
    lines.push(lineOf(bar, start, scale))
  }
  return [`Trace from ${formatDuration(start)} to ${formatDuration(end)}:`, ...lines].join('\n')
}

function lineOf({ isEnd = false, from, to, who, what }: Bar, start: number, scale: number): string {
  const left = Math.min(WIDTH - 1, Math.floor((from - start) * scale))
  const length = isEnd ? 1 : Math.max(1, Math.min(WIDTH - left, Math.round((to - from) * scale)))
  const bar = `${' '.repeat(left)}${(isEnd ? '│' : '━').repeat(length)}${' '.repeat(WIDTH - left - length)}`
  const time = isEnd ? formatDuration(from) : `${formatDuration(from)} – ${formatDuration(to)}`
  return `  ${bar}  ${time}  ${who && `${who}  `}${what}`
}
