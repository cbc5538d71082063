import type { EventLog, RunStore } from '../../store/index.ts'
import type { Completions } from '../completions.ts'
import type { Runs } from '../runs.ts'

/** What handlers work with. */
export interface DaemonContext {
  runs: Runs
  store: RunStore
  log: EventLog
  completions: Completions
  /** Where patterns are looked for by name. */
  patterns: readonly string[]
  /** Unix milliseconds. */
  startedAt: number
  /** The newest events, oldest first. */
  events: readonly LoggedEvent[]
  /** Hands events on to this connection. */
  subscribe: (patterns: readonly string[]) => void
  shutdown: () => void
  /** All that the daemon answers. */
  handlers: Readonly<Record<string, Handler>>
}

/** An event as clients get it. */
export interface LoggedEvent {
  event_name: string
  /** Unix seconds. */
  timestamp: number
  /** Null for what belongs to none. */
  orchestration_id: string | null
  /** Of the request that it comes from. */
  correlation_id?: string | null
  data: object
}

/** What a handler works with for one request. */
export interface RequestContext extends DaemonContext {
  correlationId: string | null
}

/** The data of a request. */
export type Parameters = Readonly<Record<string, unknown>>

/** One event that the daemon answers. */
export interface Handler {
  /** For `longhaul help`. */
  about: string
  parameters: Readonly<Record<string, string>>
  answer(given: Parameters, context: RequestContext): object | Promise<object>
}
