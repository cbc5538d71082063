import { fitsPattern } from '../../orchestrator/index.ts'
import { RefusedError } from '../protocol.ts'
import type { Handler, LoggedEvent, Parameters } from './handler.ts'

const patternsOf = ({ event_patterns: patterns }: Parameters): string[] =>
  Array.isArray(patterns) ? patterns.map(String) : patterns === undefined ? ['*'] : [String(patterns)]

const MOST_EVENTS = 1_000

const newest = (found: readonly LoggedEvent[], limit: unknown): LoggedEvent[] =>
  found.slice(-Math.min(MOST_EVENTS, Math.max(1, Number(limit) || 100)))

/** What happens in all orchestrations. */
export const monitor: Readonly<Record<string, Handler>> = {
  'monitor:get_events': {
    about: 'Gives the newest events.',
    parameters: {
      event_patterns: 'such as ["call.*"]',
      since: 'Unix seconds',
      until: 'Unix seconds',
      limit: 'default 100',
      orchestration_id: 'of one only',
    },
    answer(given, { events }) {
      const patterns = patternsOf(given)
      const { since = 0, until = Number.POSITIVE_INFINITY, limit = 100, orchestration_id: id } = given
      const found = events.filter(
        ({ event_name: name, timestamp, orchestration_id: of }: LoggedEvent) =>
          timestamp >= Number(since) &&
          timestamp <= Number(until) &&
          (id === undefined || id === of) &&
          patterns.some((pattern) => fitsPattern(pattern, name)),
      )
      const shown = newest(found, limit)
      return { events: shown, count: shown.length, total_events: found.length }
    },
  },
  'monitor:get_status': {
    about: 'Says how many events there were of each kind, and since when.',
    parameters: {},
    answer(_, { events, startedAt, completions, runs }) {
      const counts: Record<string, number> = Object.create(null) as Record<string, number>
      for (const { event_name: name } of events) counts[name] = (counts[name] ?? 0) + 1
      return {
        status: 'running',
        uptime: (Date.now() - startedAt) / 1_000,
        orchestrations: runs.all.length,
        completions: completions.depth,
        remembered_events: events.length,
        since: events[0]?.timestamp ?? null,
        counts,
      }
    },
  },
  'monitor:get_session_events': {
    about: 'Gives the newest events of a session: of an agent, or of a session of completion:async.',
    parameters: { session_id: 'such as orch_1a2b3c4d_analyst', limit: 'default 100' },
    answer({ session_id: id, limit = 100 }, { events }) {
      const found = events.filter(({ orchestration_id: run, data }) => {
        const { agent, session_id: session } = data as { agent?: unknown; session_id?: unknown }
        return session === id || (run !== null && `${run}_${String(agent)}` === id)
      })
      const shown = newest(found, limit)
      return { events: shown, count: shown.length, total_events: found.length }
    },
  },
  'monitor:get_correlation_chain': {
    about: 'Gives the events that a request has led to, or those that led to one event of an orchestration.',
    parameters: {
      correlation_id: 'of the request',
      orchestration_id: 'or an orchestration',
      seq: 'and the number of its event',
    },
    answer({ correlation_id: id, orchestration_id: run, seq, limit = 100 }, { events }) {
      if (id !== undefined) {
        const found = events.filter(({ correlation_id: of }) => of === id)
        const shown = newest(found, limit)
        return { correlation_id: id, events: shown, count: shown.length, total_events: found.length }
      }
      const mine = new Map(
        events.flatMap((event) =>
          event.orchestration_id === run ? [[(event.data as { seq?: number }).seq, event] as const] : [],
        ),
      )
      if (!mine.has(Number(seq)))
        throw new RefusedError(
          'monitor:get_correlation_chain needs a correlation_id, or an orchestration_id and the seq of one of its events.',
        )
      const chain = new Map<number, LoggedEvent>()
      const rest = [Number(seq)]
      while (rest.length > 0 && chain.size < MOST_EVENTS) {
        const next = rest.pop()!
        const event = mine.get(next)
        if (!event || chain.has(next)) continue
        chain.set(next, event)
        rest.push(...((event.data as { causes?: number[] }).causes ?? []))
      }
      const chained = [...chain].toSorted(([a], [b]) => a - b).map(([, event]) => event)
      return { orchestration_id: run, events: chained, count: chained.length }
    },
  },
  'monitor:subscribe': {
    about: 'Sends events to this connection as they happen, as lines of JSON.',
    parameters: { event_patterns: 'such as ["breaker.*", "cost.*"]; default all' },
    answer(given, { subscribe }) {
      const patterns = patternsOf(given)
      subscribe(patterns)
      return { status: 'subscribed', event_patterns: patterns }
    },
  },
}
