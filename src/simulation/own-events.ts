import type { TraceEvent } from '../trace/index.ts'

/** What an event is about, where that has a beginning and an end. */
function subjectOf(event: TraceEvent): string | undefined {
  if (event.type === 'call.refused') return undefined
  if ('call' in event) return `call ${event.call}`
  return 'gather' in event ? `gather ${event.gather}` : undefined
}

const begins = ({ type }: TraceEvent): boolean => type === 'call.arrived' || type === 'gather.started'

/**
 * The events of one part of a trace. All events of a call or a gather go where its beginning goes, whenever they happen.
 *
 * @param belongs whether an event is of the part, as far as it can be told of it alone
 */
export function ownEvents(events: Iterable<TraceEvent>, belongs: (event: TraceEvent) => boolean): TraceEvent[] {
  const own = new Set<string>()
  const found: TraceEvent[] = []
  for (const event of events) {
    const subject = subjectOf(event)
    if (subject === undefined ? belongs(event) : begins(event) ? belongs(event) : own.has(subject)) found.push(event)
    else continue
    if (subject !== undefined) own.add(subject)
  }
  return found
}
