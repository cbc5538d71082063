import { check } from './check.ts'

export const trace = check({
  holds: 'The trace is complete: in order, without gaps, and with a start for every end.',
  why: 'All other checks, costs and reports are computed from the trace.',
  advice:
    'If the trace was read from a file, the file is truncated or edited. Otherwise report this as a defect of longhaul.',
  settings: {},
  *find(facts) {
    let last = Number.NEGATIVE_INFINITY
    const ended = new Set<number>()
    const gathers = new Set(facts.gathers.map(({ gather }) => gather))
    for (const [index, event] of facts.events.entries()) {
      if (event.seq !== index) {
        yield { at: event.at, what: `event ${index} has the sequence number ${event.seq}` }
        return
      }
      if (event.at < last)
        yield { at: event.at, what: `event ${event.seq} (${event.type}) is earlier than the event before it` }
      last = event.at
      if ((event.type === 'gather.ended' || event.type === 'gather.received') && !gathers.has(event.gather))
        yield { at: event.at, what: `the gather ${event.gather} has events, but no start` }
      if (event.type !== 'call.ended' && event.type !== 'call.failed') continue
      if (!facts.call(event.call)) yield { at: event.at, what: `call ${event.call} has an end, but no start` }
      if (ended.has(event.call)) yield { at: event.at, what: `call ${event.call} has two ends`, calls: [event.call] }
      ended.add(event.call)
    }
  },
})
