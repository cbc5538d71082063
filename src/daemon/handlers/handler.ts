import type { RunStore } from '../../store/index.ts'
import type { Runs } from '../runs.ts'

/** What handlers work with. */
export interface DaemonContext {
  runs: Runs
  store: RunStore
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
  orchestration_id: string
  data: object
}

/** The data of a request. */
export type Parameters = Readonly<Record<string, unknown>>

/** One event that the daemon answers. */
export interface Handler {
  /** For `longhaul help`. */
  about: string
  parameters: Readonly<Record<string, string>>
  answer(given: Parameters, context: DaemonContext): object | Promise<object>
}
