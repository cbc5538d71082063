/** How many things of one kind a service keeps; the oldest go first. */
const KEPT = 10_000
/** What the things of one kind may have together; the newest is kept whatever it has. Bytes. */
const KEPT_BYTES = 64 * 1024 * 1024

interface Kind {
  things: Map<string, { value: unknown; bytes: number }>
  bytes: number
}

/** What a service keeps from one request to the next, by kind and id. It lives as long as the provider. */
export class ResourceStore {
  readonly #kinds = new Map<string, Kind>()
  readonly #most: { things: number; bytes: number }

  constructor(most: { things: number; bytes: number } = { things: KEPT, bytes: KEPT_BYTES }) {
    this.#most = most
  }

  get<Value>(kind: string, id: string): Value | undefined {
    return this.#kinds.get(kind)?.things.get(id)?.value as Value | undefined
  }

  /**
   * Keeps a thing, in place of one with the same id.
   *
   * @param bytes what it has, about
   */
  put(kind: string, id: string, value: unknown, bytes: number): void {
    let of = this.#kinds.get(kind)
    if (!of) this.#kinds.set(kind, (of = { things: new Map(), bytes: 0 }))
    const { things } = of
    const before = things.get(id)
    of.bytes += bytes - (before?.bytes ?? 0)
    things.set(id, { value, bytes })
    for (const oldest of things.keys()) {
      if (oldest === id || (things.size <= this.#most.things && of.bytes <= this.#most.bytes)) break
      this.remove(kind, oldest)
    }
  }

  /** @returns whether it was there */
  remove(kind: string, id: string): boolean {
    const of = this.#kinds.get(kind)
    const thing = of?.things.get(id)
    if (!of || !thing) return false
    of.bytes -= thing.bytes
    return of.things.delete(id)
  }

  /** All of a kind, the oldest first. */
  all<Value>(kind: string): Value[] {
    return [...(this.#kinds.get(kind)?.things.values() ?? [])].map(({ value }) => value as Value)
  }
}
