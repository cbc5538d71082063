import type { ReplyRule } from './reply-rules.ts'

/** A list of replies by conversation of which every call got the first one, as each of them began a conversation. */
export interface StuckList {
  rule: ReplyRule
  calls: number
}

/** Fewer calls may each be the first of a conversation. */
const MIN_CALLS = 3

/** Finds lists that are meant as a sequence of calls, by how they were used. */
export class StuckLists {
  readonly #calls = new Map<ReplyRule, number>()
  readonly #moved = new Set<ReplyRule>()

  /** A call has got a reply of a list: the one at `turn`, from 0. */
  count(rule: ReplyRule, { isNew, turn }: { isNew: boolean; turn: number }): void {
    this.#calls.set(rule, (this.#calls.get(rule) ?? 0) + 1)
    if (!isNew || turn > 0) this.#moved.add(rule)
  }

  get all(): readonly StuckList[] {
    return [...this.#calls]
      .filter(([rule, calls]) => calls >= MIN_CALLS && !this.#moved.has(rule))
      .map(([rule, calls]) => ({ rule, calls }))
  }
}
