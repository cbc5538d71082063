import type { TraceEvent } from '../trace/events.ts'

/** What a daemon writes of an orchestration, a line each. */
interface LoggedLine {
  event_name: string
  /** Unix seconds. */
  timestamp: number
  orchestration_id: string | null
  data: unknown
}

/** The events of one orchestration of a daemon, numbered anew and on one axis. */
export interface LoggedRun {
  id: string
  /** The name of its pattern; nothing where the log does not have its start. */
  pattern: string | undefined
  /** How it stands at the end of the log. */
  status: 'running' | 'suspended' | 'completed' | 'failed'
  events: TraceEvent[]
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/** Said of each orchestration that is over, behind how it went. */
const ENDED = 'orchestration:terminated'

/** Whether a line is of a daemon's event log, and not of a trace. */
export const isLoggedLine = (value: unknown): value is LoggedLine =>
  isObject(value) && typeof value['event_name'] === 'string' && typeof value['timestamp'] === 'number'

const isEvent = (data: unknown): data is TraceEvent =>
  isObject(data) &&
  typeof data['type'] === 'string' &&
  typeof data['seq'] === 'number' &&
  typeof data['at'] === 'number'

/** What the daemon says of an orchestration when it begins and ends, and how it stands then. */
const STATUS: ReadonlyMap<string, LoggedRun['status']> = new Map([
  ['orchestration:started', 'running'],
  ['orchestration:suspended', 'suspended'],
  ['orchestration:completed', 'completed'],
  ['orchestration:failed', 'failed'],
] as const)

/** How an orchestration stands after a line that does not say it. */
function statusAfter(before: LoggedRun['status'], name: string, data: unknown): LoggedRun['status'] {
  // What a client ends has neither completed nor failed.
  if (name === ENDED) return before === 'running' || before === 'suspended' ? 'failed' : before
  return isObject(data) && data['type'] === 'run.resumed' ? 'running' : before
}

/**
 * The orchestrations in a daemon's event log, in the order of their first events. An orchestration that went on in
 * another process numbers its events from 0 again: here they have one numbering, and `causes` point where they did.
 */
export function loggedRuns(lines: Iterable<unknown>): LoggedRun[] {
  const runs = new Map<string, LoggedRun & { offset: number; last: number }>()
  for (const line of lines) {
    if (!isLoggedLine(line) || line.orchestration_id === null) continue
    const { data, orchestration_id: id, event_name: name } = line
    const status = STATUS.get(name)
    if (status === undefined && name !== ENDED && !isEvent(data)) continue
    let run = runs.get(id)
    if (!run) runs.set(id, (run = { id, pattern: undefined, status: 'running', events: [], offset: 0, last: -1 }))
    run.status = status ?? statusAfter(run.status, name, data)
    if (isObject(data) && typeof data['pattern'] === 'string') run.pattern ??= data['pattern']
    if (!isEvent(data)) continue
    if (data.seq <= run.last) run.offset += run.last + 1
    run.last = data.seq
    const { offset } = run
    run.events.push({
      ...data,
      seq: data.seq + offset,
      causes: (data.causes ?? []).map((cause) => cause + offset),
      // Gathers are named by the place of their start.
      ...('gather' in data && { gather: data.gather + offset }),
    })
  }
  return [...runs.values()]
    .filter(({ events }) => events.length > 0)
    .map(({ id, pattern, status, events }) => ({ id, pattern, status, events }))
}
