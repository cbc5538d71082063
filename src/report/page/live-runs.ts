import { isLoggedLine, loggedRuns, type LoggedRun } from '../event-log.ts'

/** Events of one orchestration that are kept: of longer ones the oldest are let go. */
const MAX_EVENTS = 20_000
/** The same of all orchestrations together: the longest of them is cut. */
const MAX_OF_ALL = 60_000
/** Orchestrations that are kept: of more the one that nothing has happened in for longest is let go. */
const MAX_RUNS = 20
/** Let go at once, so that it is seldom done. */
const SLICE = 2_000

/** What a daemon pushes, as the bridge hands it on. */
export interface PushedEvent {
  event: string
  timestamp: number
  orchestration_id: string | null
  data: unknown
}

interface PushedLine {
  event_name: string
  timestamp: number
  orchestration_id: string
  data: { seq: number }
}

/** What is kept of the events that a daemon pushes. It does not grow, however long the page is open. */
export class LiveRuns {
  readonly #lines = new Map<string, PushedLine[]>()
  readonly #cut = new Map<string, number>()
  readonly #seen = new Map<string, Set<string>>()
  #size = 0
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
    const { seq } = (data ?? {}) as { seq?: unknown }
    if (id === null || typeof seq !== 'number') return
    const line = { event_name: event, timestamp, orchestration_id: id, data: data as { seq: number } }
    if (!isLoggedLine(line)) return
    const key = `${timestamp} ${seq}`
    const seen = this.#seen.get(id) ?? new Set()
    if (seen.has(key)) return
    seen.add(key)
    const lines = this.#lines.get(id) ?? []
    lines.push(line)
    this.#size += 1
    // What happened last stands at the end.
    this.#lines.delete(id)
    this.#lines.set(id, lines)
    this.#seen.set(id, seen)
    this.version += 1
    if (lines.length > MAX_EVENTS) this.#shorten(id)
    if (this.#lines.size > MAX_RUNS) this.#forget(this.#lines.keys().next().value!)
    if (this.#size > MAX_OF_ALL) this.#shorten(this.#longest())
  }

  #longest(): string {
    const lengths = [...this.#lines].map(([id, { length }]) => ({ id, length }))
    return lengths.reduce((longest, each) => (each.length > longest.length ? each : longest)).id
  }

  /** Lets the oldest events of an orchestration go. */
  #shorten(id: string): void {
    const gone = this.#lines.get(id)!.splice(0, SLICE).length
    this.#size -= gone
    this.#cut.set(id, this.cut(id) + gone)
    this.#seen.set(id, new Set([...this.#seen.get(id)!].slice(gone)))
  }

  #forget(id: string): void {
    this.#size -= this.#lines.get(id)!.length
    this.#lines.delete(id)
    this.#cut.delete(id)
    this.#seen.delete(id)
  }

  /** The events of an orchestration, in the order of their time. */
  run(id: string): LoggedRun | undefined {
    const lines = this.#lines.get(id)
    // History that was asked for comes after what was pushed meanwhile, the newest of it first. Of what has happened at one
    // moment, numbers tell the order.
    return lines && loggedRuns(lines.toSorted((a, b) => a.timestamp - b.timestamp || a.data.seq - b.data.seq))[0]
  }
}
