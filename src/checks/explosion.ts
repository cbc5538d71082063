import type { CallRecord } from '../trace/index.ts'
import type { Found } from './check.ts'
import type { Facts } from './facts.ts'

/** Each of so many generations in a row is larger than the one before: a fan-out, or a tree, grows in fewer. */
const GENERATIONS = 6
/** How much larger. */
const GROWTH = 1.5

/**
 * Answers each of which leads to several calls, again and again: the number of calls grows exponentially. A call is of
 * the generation after the one of the newest answer that its prompt contains.
 *
 * @param most calls in one generation
 */
export function* explosions(facts: Facts, most: number): Generator<Found<never>> {
  if (facts.calls.length < most) return
  const generationOf = new Map<number, number>()
  const generations: CallRecord[][] = []
  for (const call of facts.calls) {
    const parent = call.holds.at(-1)
    const generation = parent === undefined ? 0 : (generationOf.get(parent) ?? 0) + 1
    generationOf.set(call.call, generation)
    const all = (generations[generation] ??= [])
    all.push(call)
  }
  const grows = (nth: number): boolean =>
    nth > 0 && (generations[nth]?.length ?? 0) >= GROWTH * (generations[nth - 1]?.length ?? Number.POSITIVE_INFINITY)
  let row = 0
  for (const [nth, all] of generations.entries()) {
    row = grows(nth) ? row + 1 : 0
    if (row < GENERATIONS || all === undefined || all.length < most) continue
    const first = all[0]!.holds.at(-1)
    yield {
      at: all[most - 1]!.arrivedAt,
      what: `answers led to more calls than there were answers, ${row} times in a row: ${generations
        .slice(nth - row, nth + 1)
        .map(({ length }) => length.toLocaleString('en'))
        .join(', ')} calls`,
      calls: [...(first === undefined ? [] : [first]), all[0]!.call, all.at(-1)!.call],
    }
    return
  }
}
