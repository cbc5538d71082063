/** An item that knows its place in a bag. */
export interface Bagged {
  place: number
}

/**
 * A collection that items enter and leave all the time, in no order. A `Map` would do, but V8 rebuilds its table again and
 * again under such use, and each dead table keeps what the next one holds alive until the next full collection.
 */
export class Bag<Item extends Bagged> {
  readonly #items: Item[] = []

  get size(): number {
    return this.#items.length
  }

  add(item: Item): void {
    item.place = this.#items.push(item) - 1
  }

  /** Takes out an item that is in this bag. */
  delete(item: Item): void {
    const last = this.#items.pop()!
    if (last === item) return
    this.#items[item.place] = last
    last.place = item.place
  }

  [Symbol.iterator](): Iterator<Item> {
    return this.#items[Symbol.iterator]()
  }
}
