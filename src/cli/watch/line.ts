import { logLine, type LoggedEvent } from '../../daemon/index.ts'
import type { TraceEvent } from '../../trace/index.ts'

/** What is told of orchestrations by name, beside their own events. */
const TOLD: ReadonlySet<string> = new Set([
  'orchestration:started',
  'orchestration:suspended',
  'orchestration:completed',
  'orchestration:failed',
  'orchestration:terminated',
])

/** Unix seconds as a time of day. */
export const clockOf = (seconds: number): string => new Date(seconds * 1_000).toISOString().slice(11, 19)

/** What comes from a model or a file must not move the cursor. */
export const plain = (text: string): string => text.replaceAll(/\p{Cc}+/gu, ' ')

/** An event as a line; nothing for one that says little. */
export function lineOf({ event_name: name, orchestration_id: run, timestamp, data }: LoggedEvent): string | undefined {
  const about = data as TraceEvent & { pattern?: string; reason?: string }
  const text = TOLD.has(name)
    ? `${name.split(':')[1]!}: ${about.pattern ?? ''}${about.reason === undefined ? '' : `, ${about.reason}`}`
    : 'type' in data && logLine(about)
  return text ? `${clockOf(timestamp)} ${run ?? 'daemon'} ${plain(text)}` : undefined
}
