/** How many things of one kind a service keeps; the oldest go first. */
const KEPT = 10_000

/** What a service keeps from one request to the next, by kind and id. It lives as long as the provider. */
export class Shelf {
  readonly #kinds = new Map<string, Map<string, unknown>>()

  get<Value>(kind: string, id: string): Value | undefined {
    return this.#kinds.get(kind)?.get(id) as Value | undefined
  }

  put(kind: string, id: string, value: unknown): void {
    let things = this.#kinds.get(kind)
    if (!things) this.#kinds.set(kind, (things = new Map()))
    if (!things.has(id) && things.size >= KEPT) things.delete(things.keys().next().value!)
    things.set(id, value)
  }

  /** @returns whether it was there */
  remove(kind: string, id: string): boolean {
    return this.#kinds.get(kind)?.delete(id) ?? false
  }

  /** All of a kind, the oldest first. */
  all<Value>(kind: string): Value[] {
    return [...(this.#kinds.get(kind)?.values() ?? [])] as Value[]
  }
}
