import { formatDuration } from '../clock/index.ts'
import { formatDollars } from '../money/index.ts'
import type { CallRecord, EventOf, GatherRecord, Trace } from '../trace/index.ts'
import { callsOf, gathersOf } from '../trace/index.ts'

const WIDTH = 32
const MAX_LINES = 16

interface Bar {
  from: number
  to: number
  who: string
  what: string
}

function callBar(call: CallRecord, end: number): Bar {
  const to = call.endedAt ?? end
  const attempt = call.attempt > 1 ? `, attempt ${call.attempt}` : ''
  const how = call.status === 'ended' ? formatDollars(call.cost) : (call.fault ?? 'no answer yet')
  return { from: call.arrivedAt, to, who: call.agent, what: `call ${call.call} ${call.model}: ${how}${attempt}` }
}

/** Also of requests that no service has seen. */
function refusedBar(event: EventOf<'call.refused'>): Bar {
  const { at, agent, call, model, method, host, path, status, reason, message } = event
  const which = call === null ? `${method} ${host}${path}` : `call ${call}${model === null ? '' : ` ${model}`}`
  const how = status === null ? 'without an answer' : `with ${status}`
  return { from: at, to: at, who: agent ?? '', what: `${which}: refused ${how} (${reason}): ${message}` }
}

function gatherBar(gather: GatherRecord, end: number): Bar {
  const { received, missing } = gather
  const what = `gather ${gather.name}: ${received.length} received${missing.length > 0 ? `, missing ${missing.join(', ')}` : ''}`
  return { from: gather.startedAt, to: gather.endedAt ?? end, who: '', what }
}

/**
 * The newest calls and gathers of a trace as a small chart in text.
 *
 * @param most lines at most
 */
export function timeline(trace: Trace, most = MAX_LINES): string {
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
  const shown = bars.slice(-most)
  const start = shown[0]?.from ?? 0
  const scale = WIDTH / Math.max(1, end - start)
  const lines = shown.map(({ from, to, who, what }) => {
    const left = Math.min(WIDTH - 1, Math.floor((from - start) * scale))
    const length = Math.max(1, Math.min(WIDTH - left, Math.round((to - from) * scale)))
    return `  ${' '.repeat(left)}${'━'.repeat(length)}${' '.repeat(WIDTH - left - length)}  ${formatDuration(from)} – ${formatDuration(to)}  ${who && `${who}  `}${what}`
  })
  const hidden = bars.length - shown.length
  return [
    `Trace from ${formatDuration(start)} to ${formatDuration(end)}:`,
    ...(hidden > 0 ? [`  … ${hidden} earlier`] : []),
    ...lines,
  ].join('\n')
}
