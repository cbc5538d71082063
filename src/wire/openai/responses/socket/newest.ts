import { ResourceStore } from '../../../resource-store.ts'
import { forgetResponse, keepResponse, type StoredResponse } from '../stored.ts'

/** A lane of a connection: a name, or none for the one that has none. */
export type LaneName = string | undefined

/** What the service keeps, and before it what one connection has for itself. */
class WithOwn extends ResourceStore {
  readonly #own: ResourceStore
  readonly #kept: ResourceStore

  constructor(own: ResourceStore, kept: ResourceStore) {
    super()
    this.#own = own
    this.#kept = kept
  }

  override get<Value>(kind: string, id: string): Value | undefined {
    return this.#own.get<Value>(kind, id) ?? this.#kept.get<Value>(kind, id)
  }

  override put(kind: string, id: string, value: unknown, bytes: number): void {
    this.#kept.put(kind, id, value, bytes)
  }

  override remove(kind: string, id: string): boolean {
    return this.#kept.remove(kind, id)
  }

  override all<Value>(kind: string): Value[] {
    return [...this.#kept.all<Value>(kind), ...this.#own.all<Value>(kind)]
  }
}

/** The newest response of each lane, which a connection keeps whether the service does or not. It goes with the connection. */
export class Newest {
  readonly #own = new ResourceStore()
  readonly #ids = new Map<LaneName, string>()

  /** Keeps a response in place of the one before it. */
  keep(lane: LaneName, id: string, response: StoredResponse): void {
    const before = this.#ids.get(lane)
    if (before !== undefined) forgetResponse(this.#own, before)
    this.#ids.set(lane, id)
    keepResponse(this.#own, id, response)
  }

  /** Keeps a response no more with which its own lane could not go on. One that another lane goes on with stays. */
  evict(lane: LaneName, id: string): void {
    if (this.#ids.get(lane) !== id) return
    this.#ids.delete(lane)
    forgetResponse(this.#own, id)
  }

  /** A store that also has the connection's own responses. */
  before(kept: ResourceStore): ResourceStore {
    return new WithOwn(this.#own, kept)
  }
}
