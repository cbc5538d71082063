import type { LoggedEvent } from '../../daemon/index.ts'
import type { TraceEvent } from '../../trace/index.ts'

type Data = Readonly<Record<string, unknown>>

/** Something that went wrong. */
export interface Failure {
  /** Unix seconds. */
  at: number
  run: string
  text: string
}

/** What a watcher knows of a daemon. */
export interface Seen {
  /** Nothing while no daemon answers. */
  health: Data | undefined
  /** The answers of `orchestration:list`, `orchestration:cost_status` and `agent:health`. */
  runs: readonly Data[]
  costs: ReadonlyMap<string, Data>
  agents: readonly Data[]
  /** Calls that have ended, and those of them that have failed. */
  ended: number
  failed: number
  /** Of which agents, by their ids. */
  failedBy: Map<string, number>
  /** The newest ones, the newest first. */
  failures: Failure[]
  /** When calls have ended in the last minute. Unix seconds of the daemon's time. */
  ends: number[]
}

const MAX_FAILURES = 20
/** Agents whose failures are counted; older ones are forgotten. */
const MAX_AGENTS = 2_000
const MINUTE_S = 60

export const nothingSeen = (): Seen => ({
  health: undefined,
  runs: [],
  costs: new Map(),
  agents: [],
  ended: 0,
  failed: 0,
  failedBy: new Map(),
  failures: [],
  ends: [],
})

const isTraced = (data: object): data is TraceEvent => 'type' in data && 'seq' in data

function failureIn(event: TraceEvent): string | undefined {
  switch (event.type) {
    case 'attempt.failed':
      return `${event.agent}: ${event.target} ${event.kind}, attempt ${event.attempt}: ${event.message}`
    case 'budget.refused':
      return `${event.agent}: the budget allows no call to ${event.model}`
    case 'agent.hung':
      return `${event.agent} has made no progress for ${Math.round(event.sinceMs / 1_000)} s`
    case 'breaker.changed':
      return event.state === 'open' ? `${event.target}: the circuit breaker opened` : undefined
    case 'effect.ended':
      return event.ok ? undefined : `${event.failure}: ${event.message ?? ''}`
    default:
      return undefined
  }
}

/** Adds what has happened. What is kept does not grow. */
export function see(seen: Seen, { orchestration_id: run, timestamp, data }: LoggedEvent): void {
  if (!isTraced(data)) return
  const failure = failureIn(data)
  if (failure !== undefined) {
    seen.failures.unshift({ at: timestamp, run: run ?? 'daemon', text: failure })
    seen.failures.length = Math.min(seen.failures.length, MAX_FAILURES)
  }
  if (data.type !== 'attempt.ended') return
  seen.ended += 1
  seen.ends.push(timestamp)
  while (seen.ends.length > 0 && seen.ends[0]! < timestamp - MINUTE_S) seen.ends.shift()
  if (data.failure === null) return
  seen.failed += 1
  const id = run === null ? data.agent : `${run}_${data.agent}`
  const before = seen.failedBy.get(id) ?? 0
  // The one that was seen last stands at the end.
  seen.failedBy.delete(id)
  seen.failedBy.set(id, before + 1)
  if (seen.failedBy.size > MAX_AGENTS) seen.failedBy.delete(seen.failedBy.keys().next().value!)
}
