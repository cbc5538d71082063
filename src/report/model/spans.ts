import type { TraceEvent } from '../../trace/events.ts'
import type { BreakerSpan, GatherRow, WindowSpan } from './data.ts'
import type { Strings } from './strings.ts'

/** Gathers with who answered when. */
export function gatherRows(events: readonly TraceEvent[], strings: Strings): GatherRow[] {
  const gathers = new Map<number, GatherRow>()
  const ended = new Set<number>()
  for (const event of events)
    if (event.type === 'gather.started')
      gathers.set(event.gather, {
        name: strings.of(event.name),
        at: Math.round(event.at),
        took: -1,
        timeoutMs: event.timeoutMs,
        atLeast: event.atLeast,
        tasks: event.tasks,
        expected: event.expected.map((agent) => strings.of(agent)),
        received: [],
        late: [],
        missing: [],
      })
    else if (event.type === 'gather.received') {
      const row = gathers.get(event.gather)
      row?.[event.late ? 'late' : 'received'].push([strings.of(event.agent), Math.round(event.at) - row.at])
    } else if (event.type === 'gather.ended') {
      const row = gathers.get(event.gather)
      if (!row) continue
      row.took = Math.round(event.at) - row.at
      row.missing = event.missing.map((agent) => strings.of(agent))
      ended.add(event.gather)
    } else if (event.type === 'run.resumed') {
      // A run that goes on gathers anew what it was gathering.
      for (const [gather, row] of gathers) if (!ended.has(gather)) row.took = Math.round(event.at) - row.at
    }
  for (const [gather, row] of gathers) {
    if (ended.has(gather)) continue
    const answered = new Set(row.received.map(([agent]) => agent))
    row.missing = row.expected.filter((agent) => !answered.has(agent))
  }
  return [...gathers.values()]
}

/** When breakers were not closed. */
export function breakerSpans(events: readonly TraceEvent[], strings: Strings, endMs: number): BreakerSpan[] {
  const spans: BreakerSpan[] = []
  const open = new Map<string, BreakerSpan>()
  for (const event of events) {
    if (event.type !== 'breaker.changed') continue
    const at = Math.round(event.at)
    const before = open.get(event.target)
    if (before) before.to = at
    open.delete(event.target)
    if (event.state === 'closed') continue
    const span: BreakerSpan = { target: strings.of(event.target), state: event.state, from: at, to: endMs }
    open.set(event.target, span)
    spans.push(span)
  }
  return spans
}

/** A window of faults of the simulated service, as its set-up has it. */
export interface GivenWindow {
  fromMs: number
  /** Infinity for one that never ends. */
  forMs: number
  everyMs?: number | undefined
  rate: number
  mix: Readonly<Record<string, number | undefined>>
  slowFactor: number
  agent?: string
  model?: string
  service?: string
}

const MAX_REPEATS = 1_000

/** What a window does to calls, in words. */
function labelOf({ rate, mix, slowFactor, agent, model, service }: GivenWindow): string {
  const faults = Object.keys(mix).join(', ')
  const what = rate >= 1 ? `outage (${faults})` : `${Math.round(rate * 100)} % fail`
  const slow = slowFactor > 1 ? `, ${slowFactor} × slower` : ''
  const whom = [service, model, agent].filter((each) => each !== undefined)
  return `${what}${slow}${whom.length > 0 ? `: ${whom.join(', ')}` : ''}`
}

/** Where windows lie in a run, their repetitions as well. */
export function windowSpans(windows: readonly GivenWindow[], endMs: number): WindowSpan[] {
  return windows.flatMap((window) => {
    const label = labelOf(window)
    const { fromMs, forMs, everyMs } = window
    const count = everyMs ? Math.min(MAX_REPEATS, Math.ceil((endMs - fromMs) / everyMs)) : 1
    return Array.from({ length: Math.max(0, count) }, (_, nth) => fromMs + nth * (everyMs ?? 0))
      .filter((from) => from < endMs)
      .map((from) => ({ label, from, to: Math.min(endMs, from + forMs) }))
  })
}
