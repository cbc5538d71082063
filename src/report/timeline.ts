import { formatDuration } from '../clock/index.ts'
import { formatDollars } from '../money/index.ts'
import type { CallRecord, EventOf, GatherRecord, Trace } from '../trace/index.ts'
import { callsOf, gathersOf } from '../trace/index.ts'

const WIDTH = 32
const MAX_LINES = 16

interface Bar {
  /** The number of the call that the bar shows, if it shows one. */
  call?: number
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

/** The numbers in a text such as `call 3 of planner` or `calls 3, 7 and 9`. */
const NAMED_CALLS = /\bcalls? (\d+(?:(?:, | and )\d+\b(?! more))*)/g

/** The numbers of the calls that a verdict names. */
const namedIn = (verdict: string): Set<number> =>
  new Set([...verdict.matchAll(NAMED_CALLS)].flatMap(([, numbers]) => numbers!.split(/\D+/).map(Number)))

/** The newest bars, and in up to half of the lines the first ones of the calls that the verdict names. */
function shownOf(bars: readonly Bar[], most: number, verdict: string): Set<Bar> {
  const named = namedIn(verdict)
  const about = bars.slice(0, -most).filter(({ call }) => call !== undefined && named.has(call))
  const first = about.slice(0, Math.floor(most / 2))
  return new Set([...first, ...bars.slice(-(most - first.length))])
}

/**
 * The newest calls and gathers of a trace as a small chart in text, with the older calls that a verdict names.
 *
 * @param most lines at most
 * @param verdict the text above the chart, such as the message of a failed check
 */
export function timeline(trace: Trace, most = MAX_LINES, verdict = ''): string {
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
  const shown = shownOf(bars, most, verdict)
  const start = [...shown][0]?.from ?? 0
  const scale = WIDTH / Math.max(1, end - start)
  const lines: string[] = []
  let hidden = 0
  for (const bar of bars) {
    if (!shown.has(bar)) {
      hidden += 1
      continue
    }
    if (hidden > 0) lines.push(`  … ${hidden} ${lines.length === 0 ? 'earlier' : 'more'}`)
    hidden = 0
    const { from, to, who, what } = bar
    const left = Math.min(WIDTH - 1, Math.floor((from - start) * scale))
    const length = Math.max(1, Math.min(WIDTH - left, Math.round((to - from) * scale)))
    lines.push(
      `  ${' '.repeat(left)}${'━'.repeat(length)}${' '.repeat(WIDTH - left - length)}  ${formatDuration(from)} – ${formatDuration(to)}  ${who && `${who}  `}${what}`,
    )
  }
  return [`Trace from ${formatDuration(start)} to ${formatDuration(end)}:`, ...lines].join('\n')
}
