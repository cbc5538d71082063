import { appendFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { asideOf, nextAside } from '../store/index.ts'
import type { TraceEvent } from '../trace/index.ts'

const MOST_BYTES = 8 * 1024 * 1024
const LONGEST_LINE = 10_000
/** Files that were put aside and are kept. */
const KEEP = 5

/** What the log tells of an event, for people who look for retries, circuit changes and failovers; nothing of most. */
function told(event: TraceEvent): string | undefined {
  switch (event.type) {
    case 'attempt.failed': {
      const { agent, target, attempt, kind, message, retryInMs } = event
      if (kind === 'refused_request') return `refused: ${agent} at ${target}: ${message}`
      const next = retryInMs === null ? 'no retry is left' : `retry ${attempt} in ${(retryInMs / 1_000).toFixed(1)}s`
      return `${next}: ${agent} at ${target}, ${kind}: ${message}`
    }
    case 'breaker.changed':
      return `circuit ${event.state}: ${event.target}`
    case 'model.replaced':
      return event.reason === 'budget'
        ? `fallback: ${event.agent} asks ${event.model}, as the budget is tight`
        : `failover: ${event.agent} asks ${event.model}, after ${event.reason}`
    case 'agent.hung':
      return `hung: ${event.agent} makes no progress for ${Math.round(event.sinceMs / 1_000)}s`
    case 'agent.terminated':
      return `terminated: ${event.agent}, ${event.reason}`
    case 'budget.refused':
      return `budget: no call of ${event.agent} to ${event.model}`
    case 'effect.ended':
      return event.ok ? undefined : `failed: ${event.failure}: ${event.message ?? 'no message'}`
    case 'run.resumed':
      return `resumed, with ${event.uncertain} call(s) whose end is not known`
    default:
      return undefined
  }
}

/** The daemon's own log: a line for each thing that somebody who watches it may want to see. */
export class DaemonLog {
  readonly file: string

  constructor(file: string) {
    this.file = file
  }

  /** Writes what there is to tell of an event of a run, or of the daemon itself. */
  event(run: string | null, event: TraceEvent): void {
    const text = told(event)
    if (text !== undefined) this.say(`${run ?? 'daemon'} ${text}`)
  }

  /** Writes a line. One that cannot be written is lost. */
  say(text: string): void {
    try {
      if ((statSync(this.file, { throwIfNoEntry: false })?.size ?? 0) > MOST_BYTES) this.#rotate()
      const line = text.slice(0, LONGEST_LINE).replaceAll(/[\r\n]+/g, ' ')
      appendFileSync(this.file, `${new Date().toISOString()} ${line}\n`, { mode: 0o600 })
    } catch {
      // A disk that is full is told of by system:health.
    }
  }

  #rotate(): void {
    renameSync(this.file, nextAside(this.file))
    for (const { file } of asideOf(this.file).slice(0, -KEEP)) rmSync(file)
  }
}
