import type { Transformer } from '../../pattern/index.ts'
import { fillAll, fillKept, textOf, type Json, type Scope } from '../../strategy/index.ts'

/** An event that is waited for, and what it becomes. */
interface Route {
  id: string
  from: string
  to: string
  filter?: string
}

/** Those that wait, as plain data. */
export interface SavedRoutes {
  /** Askings so far, by which ids are given. */
  count: number
  waiting: readonly Readonly<Route>[]
}

/** More are not waited for at one time: the oldest is given up. */
const MOST = 1_000

/**
 * Answers to what transformers ask: one with a `response_route` waits for the event `from` that fits its `filter`, and says its data again as
 * the event `to`, once. `{{transform_id}}` tells one asking from another.
 */
export class ResponseRoutes {
  readonly #waiting: Route[]
  #count: number

  /** @param before those that waited before a restart */
  constructor({ count, waiting }: SavedRoutes = { count: 0, waiting: [] }) {
    this.#count = count
    this.#waiting = [...waiting]
  }

  /** Those that wait; nothing where none was ever opened. */
  save(): SavedRoutes | undefined {
    return this.#count === 0 ? undefined : { count: this.#count, waiting: [...this.#waiting] }
  }

  /** The variables of a transformer that is about to ask: those of its event, and its id. */
  open({ response_route: route, async: isAsync }: Transformer, scope: Scope): Scope {
    if (!route && !isAsync) return scope
    this.#count += 1
    const id = `transform_${this.#count}`
    const own = { ...scope, transform_id: id }
    if (route) {
      const { from, to, filter } = route
      const filled = typeof filter === 'string' && { filter: textOf(fillAll(filter, own, fillKept)) }
      this.#waiting.push({ id, from: from ?? '*', to, ...filled })
      if (this.#waiting.length > MOST) this.#waiting.shift()
    }
    return own
  }

  /** What an event is the answer to; each of these is over with it. */
  answeredBy(
    event: string,
    scope: Readonly<Record<string, Json>>,
    {
      fits,
      holds,
    }: { fits: (pattern: string, name: string) => boolean; holds: (filter: string, scope: Scope) => boolean },
  ): string[] {
    const answered = this.#waiting.filter(
      ({ id, from, to, filter }) =>
        // What a route itself says is no answer to it.
        to !== event && fits(from, event) && (filter === undefined || holds(filter, { [id]: id, ...scope })),
    )
    for (const route of answered) this.#waiting.splice(this.#waiting.indexOf(route), 1)
    return answered.map(({ to }) => to)
  }
}
