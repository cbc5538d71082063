import type { Armed } from '../doors/index.ts'
import type { Milliseconds } from './duration.ts'

/** A timer in the queue. */
interface Entry {
  readonly timer: Armed
  readonly at: Milliseconds
  /** When the list of its delay was begun: Node fires timers of one instant list by list. */
  readonly list: number
  readonly nth: number
  place: number
}

const isBefore = (a: Entry, b: Entry): boolean =>
  a.at !== b.at ? a.at < b.at : a.list !== b.list ? a.list < b.list : a.nth < b.nth

/**
 * Timers in the order in which Node fires them: by their time; at one instant by delay, the delay first that was first in use; and
 * in the order of arming. A binary heap in which each entry knows its place, so that to disarm costs no search.
 */
export class TimerQueue implements Iterable<Armed> {
  readonly #heap: Entry[] = []
  readonly #entries = new Map<Armed, Entry>()
  /** Delays in use: how many timers have each, and when it came into use. */
  readonly #lists = new Map<number, { id: number; count: number }>()
  #armed = 0
  #begun = 0

  get size(): number {
    return this.#heap.length
  }

  /** The time of the next timer. */
  get nextAt(): Milliseconds | undefined {
    return this.#heap[0]?.at
  }

  /** The next timer, which stays in the queue. */
  peek(): Armed | undefined {
    return this.#heap[0]?.timer
  }

  add(timer: Armed, now: Milliseconds): void {
    let list = this.#lists.get(timer.delay)
    if (!list) this.#lists.set(timer.delay, (list = { id: this.#begun++, count: 0 }))
    list.count += 1
    const place = this.#heap.length
    const entry: Entry = { timer, at: now + timer.delay, list: list.id, nth: this.#armed++, place }
    this.#entries.set(timer, entry)
    this.#heap.push(entry)
    this.#rise(entry)
  }

  /** Takes a timer out; one that is not there is left alone. */
  delete(timer: Armed): void {
    const entry = this.#entries.get(timer)
    if (!entry) return
    this.#entries.delete(timer)
    const list = this.#lists.get(timer.delay)!
    list.count -= 1
    if (list.count === 0) this.#lists.delete(timer.delay)
    const last = this.#heap.pop()!
    if (last === entry) return
    this.#put(last, entry.place)
    this.#rise(last)
    this.#sink(last)
  }

  /** Takes all timers out. They come in the order of arming. */
  drain(): Armed[] {
    const all = this.#heap.toSorted((a, b) => a.nth - b.nth).map(({ timer }) => timer)
    this.#heap.length = 0
    this.#entries.clear()
    this.#lists.clear()
    return all
  }

  *[Symbol.iterator](): Iterator<Armed> {
    for (const { timer } of this.#heap) yield timer
  }

  #put(entry: Entry, place: number): void {
    this.#heap[place] = entry
    entry.place = place
  }

  #rise(entry: Entry): void {
    while (entry.place > 0) {
      const parent = this.#heap[(entry.place - 1) >> 1]!
      if (!isBefore(entry, parent)) return
      const place = parent.place
      this.#put(parent, entry.place)
      this.#put(entry, place)
    }
  }

  #sink(entry: Entry): void {
    for (;;) {
      const left = this.#heap[2 * entry.place + 1]
      const right = this.#heap[2 * entry.place + 2]
      const least = right && left && isBefore(right, left) ? right : left
      if (!least || !isBefore(least, entry)) return
      const place = least.place
      this.#put(least, entry.place)
      this.#put(entry, place)
    }
  }
}
