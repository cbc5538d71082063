import type { Armed } from '../doors/index.ts'
import type { Milliseconds } from './duration.ts'

/** A timer in the queue. */
interface Entry {
  readonly timer: Armed
  readonly at: Milliseconds
  /** Its delay, and when the list of it was begun: Node fires timers of one instant list by list. */
  readonly of: List
  readonly list: number
  readonly nth: number
  place: number
}

interface List {
  readonly delay: Milliseconds
  id: number
  count: number
}

/** Delays that are remembered though no timer has them: to forget and learn them again and again costs more. */
const REMEMBERED_DELAYS = 256

const isBefore = (a: Entry, b: Entry): boolean =>
  a.at !== b.at ? a.at < b.at : a.list !== b.list ? a.list < b.list : a.nth < b.nth

/**
 * Timers in the order in which Node fires them: by their time; at one instant by delay, the delay first that was first in use; and
 * in the order of arming. A binary heap in which each entry knows its place, so that to disarm costs no search.
 */
export class TimerQueue implements Iterable<Armed> {
  readonly #heap: Entry[] = []
  /** Delays: how many timers have each, and when it last came into use. */
  readonly #lists = new Map<number, List>()
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

  /** When a timer of the queue fires. */
  dueAt({ kept }: Armed): Milliseconds {
    return (kept as Entry).at
  }

  add(timer: Armed, now: Milliseconds): void {
    const { delay } = timer
    let of = this.#lists.get(delay)
    if (!of) this.#lists.set(delay, (of = { delay, id: 0, count: 0 }))
    if (of.count === 0) of.id = this.#begun++
    of.count += 1
    const place = this.#heap.length
    const entry: Entry = { timer, at: now + delay, of, list: of.id, nth: this.#armed++, place }
    timer.kept = entry
    this.#heap.push(entry)
    this.#rise(entry)
  }

  /** Takes a timer out; one that is not there is left alone. */
  delete(timer: Armed): void {
    const entry = timer.kept as Entry | undefined
    // It may be one of another queue.
    if (!entry || this.#heap[entry.place] !== entry) return
    timer.kept = undefined
    const { of } = entry
    of.count -= 1
    if (of.count === 0 && this.#lists.size > REMEMBERED_DELAYS) this.#lists.delete(of.delay)
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
    for (const timer of all) timer.kept = undefined
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
