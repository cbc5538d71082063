import { isLoggedLine, loggedRuns, type LoggedRun } from '../event-log.ts'

/** Events of one orchestration that are kept: of longer ones the oldest are let go. */
const MOST_EVENTS = 20_000
/** Orchestrations that are kept: of more the one that nothing has happened in for longest is let go. */
const MOST_RUNS = 20
/** Let go at once, so that it is seldom done. */
const SLICE = 2_000

/** What a daemon pushes, as the bridge hands it on. */
export interface PushedEvent {
  event: string
  timestamp: number
  orchestration_id: string | null
  data: unknown
}

/** What is kept of the events that a daemon pushes. It does not grow, however long the page is open. */
export class LiveRuns {
  readonly #lines = new Map<string, object[]>()
  readonly #cut = new Map<string, number>()
  readonly #seen = new Map<string, Set<string>>()
  /** Counts what has changed. */
  version = 0

  /** Orchestrations, the one in which something happened last at the end. */
  get ids(): readonly string[] {
    return [...this.#lines.keys()]
  }

  /** How many of its oldest events were let go. */
  cut(id: string): number {
    return this.#cut.get(id) ?? 0
  }

  /** Adds an event. One that is known, as after a reconnection, is passed over. */
  add({ event, timestamp, orchestration_id: id, data }: PushedEvent): void {
    const line = { event_name: event, timestamp, orchestration_id: id, data }
    const { seq } = (data ?? {}) as { seq?: unknown }
    if (id === null || !isLoggedLine(line) || typeof seq !== 'number') return
    const key = `${timestamp} ${seq}`
    const seen = this.#seen.get(id) ?? new Set()
    if (seen.has(key)) return
    seen.add(key)
    const lines = this.#lines.get(id) ?? []
    lines.push(line)
    // What happened last stands at the end.
    this.#lines.delete(id)
    this.#lines.set(id, lines)
    this.#seen.set(id, seen)
    this.version += 1
    if (lines.length > MOST_EVENTS) {
      lines.splice(0, SLICE)
      this.#cut.set(id, this.cut(id) + SLICE)
      this.#seen.set(id, new Set([...seen].slice(SLICE)))
    }
    if (this.#lines.size > MOST_RUNS) this.#forget(this.#lines.keys().next().value!)
  }

  #forget(id: string): void {
    this.#lines.delete(id)
    this.#cut.delete(id)
    this.#seen.delete(id)
  }

  /** The events of an orchestration, in the order of their time. */
  run(id: string): LoggedRun | undefined {
    const lines = this.#lines.get(id) as { timestamp: number }[] | undefined
    // History that was asked for comes after what was pushed meanwhile.
    return lines && loggedRuns(lines.toSorted((a, b) => a.timestamp - b.timestamp))[0]
  }
}
