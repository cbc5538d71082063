import { fitsPattern } from '../../orchestrator/index.ts'
import type { Handler, LoggedEvent, Parameters } from './handler.ts'

const patternsOf = ({ event_patterns: patterns }: Parameters): string[] =>
  Array.isArray(patterns) ? patterns.map(String) : patterns === undefined ? ['*'] : [String(patterns)]

const MOST_EVENTS = 1_000

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
      const shown = found.slice(-Math.min(MOST_EVENTS, Math.max(1, Number(limit) || 100)))
      return { events: shown, count: shown.length, total_events: found.length }
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
