import type { LoggedEvent } from './logged-event.ts'

/** Events that are remembered, and most of their JSON. */
const MAX_EVENTS = 10_000
const MAX_LENGTH = 16 * 1024 * 1024

/** The newest events. */
export class RecentEvents {
  readonly events: LoggedEvent[] = []
  readonly #lengths: number[] = []
  #total = 0

  add(event: LoggedEvent): void {
    const { length } = JSON.stringify(event)
    this.events.push(event)
    this.#lengths.push(length)
    this.#total += length
    if (this.events.length <= MAX_EVENTS && this.#total <= MAX_LENGTH) return
    // A tenth at a time, so that not every event moves all others.
    const gone = Math.max(1, Math.ceil(this.events.length / 10))
    this.events.splice(0, gone)
    for (const each of this.#lengths.splice(0, gone)) this.#total -= each
  }
}
