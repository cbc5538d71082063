import { steadyNow } from '../../clock/index.ts'
import { fitsPattern } from '../../orchestrator/index.ts'
import { page, PAGE } from '../page.ts'
import { RefusedError } from '../protocol.ts'
import type { LoggedEvent } from '../logged-event.ts'
import { handler, type Handler } from './handler.ts'

const MAX_EVENTS = 1_000

/** The newest of them in their order, as many as are asked for and go into a line. */
function newest(found: readonly LoggedEvent[], limit: number): object {
  const { items } = page(found.toReversed(), { limit, offset: 0 })
  return {
    events: items.toReversed(),
    count: items.length,
    total_events: found.length,
    // Older ones are reached by `until`.
    ...(items.length < found.length && { oldest_shown: items.at(-1)!.timestamp }),
  }
}

/** What happens in all orchestrations. */
export const monitor: Readonly<Record<string, Handler>> = {
  'monitor:get_events': handler({
    about: 'Returns the newest events.',
    parameters: {
      event_patterns: { type: 'texts', about: 'patterns of event names, such as ["attempt.*"]', default: ['*'] },
      since: {
        type: 'time',
        about: 'the start of the period: a date, Unix seconds, or a duration before now, such as 10m',
        default: 0,
      },
      until: { type: 'time', about: 'the end of the period, in the same formats' },
      limit: PAGE.limit,
      orchestration_id: { type: 'text', about: 'only events of this orchestration' },
    },
    answer(
      { event_patterns: patterns, since, until = Number.POSITIVE_INFINITY, limit, orchestration_id: id },
      { events },
    ) {
      const found = events.filter(
        ({ event_name: name, timestamp, orchestration_id: of }: LoggedEvent) =>
          timestamp >= since &&
          timestamp <= until &&
          (id === undefined || id === of) &&
          patterns.some((pattern) => fitsPattern(pattern, name)),
      )
      return newest(found, limit)
    },
  }),
  'monitor:get_status': handler({
    about: 'Counts the events of each kind, and shows the start of the count.',
    parameters: {},
    answer(_, { events, startedAt, completions, runs }) {
      const counts: Record<string, number> = Object.create(null) as Record<string, number>
      for (const { event_name: name } of events) counts[name] = (counts[name] ?? 0) + 1
      return {
        status: 'running',
        uptime: (steadyNow() - startedAt) / 1_000,
        orchestrations: runs.active.length,
        completions: completions.depth,
        remembered_events: events.length,
        since: events[0]?.timestamp ?? null,
        counts,
      }
    },
  }),
  'monitor:get_session_events': handler({
    about: 'Returns the newest events of a session, of an agent or of completion:async.',
    parameters: {
      session_id: { type: 'text', about: 'the id of the session, such as orch_1a2b3c4d_analyst', required: true },
      limit: PAGE.limit,
    },
    answer({ session_id: id, limit }, { events }) {
      const found = events.filter(({ orchestration_id: run, data }) => {
        const { agent, session_id: session } = data as { agent?: unknown; session_id?: unknown }
        return session === id || (run !== null && `${run}_${String(agent)}` === id)
      })
      return newest(found, limit)
    },
  }),
  'monitor:get_correlation_chain': handler({
    about: 'Returns the events that a request has caused, or the events that caused one event of an orchestration.',
    parameters: {
      correlation_id: { type: 'text', about: 'the correlation_id of the request' },
      orchestration_id: { type: 'text', about: 'an orchestration, in place of a correlation_id' },
      seq: { type: 'integer', about: 'the number of the event in that orchestration', least: 0 },
      limit: PAGE.limit,
    },
    answer({ correlation_id: id, orchestration_id: run, seq, limit }, { events }) {
      if (id !== undefined)
        return {
          correlation_id: id,
          ...newest(
            events.filter(({ correlation_id: of }) => of === id),
            limit,
          ),
        }
      const mine = new Map(
        events.flatMap((event) =>
          event.orchestration_id === run ? [[(event.data as { seq?: number }).seq, event] as const] : [],
        ),
      )
      if (seq === undefined || !mine.has(seq))
        throw new RefusedError(
          'monitor:get_correlation_chain needs a correlation_id, or an orchestration_id and the seq of one of its events.',
        )
      const chain = new Map<number, LoggedEvent>()
      const rest = [seq]
      while (rest.length > 0 && chain.size < MAX_EVENTS) {
        const next = rest.pop()!
        const event = mine.get(next)
        if (!event || chain.has(next)) continue
        chain.set(next, event)
        rest.push(...((event.data as { causes?: number[] }).causes ?? []))
      }
      const chained = [...chain].toSorted(([a], [b]) => a - b).map(([, event]) => event)
      return { orchestration_id: run, ...newest(chained, limit) }
    },
  }),
  'monitor:subscribe': handler({
    about: 'Sends events to this connection as they happen, as lines of JSON.',
    parameters: {
      event_patterns: {
        type: 'texts',
        about: 'patterns of event names, such as ["breaker.*", "cost.*"]',
        default: ['*'],
      },
      client_id: { type: 'text', about: 'a name that the client chooses for itself' },
    },
    answer({ event_patterns: patterns, client_id: client }, { subscribe }) {
      subscribe(patterns)
      return {
        status: 'subscribed',
        event_patterns: patterns,
        patterns,
        ...(client !== undefined && { client_id: client }),
      }
    },
  }),
}
