import { PatternError, type Place } from './errors.ts'
import type { Condition, Entry, Expression, Statement } from './tree.ts'

/** The place of a strategy in its file. */
export interface SourceOrigin {
  /** The path of the file. */
  file: string
  /** The line of the file on which the strategy starts, from 1. */
  line: number
  /** Number of columns before the text of the strategy. */
  indentation: number
  /** The whole file, to show the line of an error. */
  source?: string
}

/** Finds the place in the file of an offset in the text. */
export class Places {
  readonly #starts: number[] = [0]
  readonly #origin: SourceOrigin

  constructor(text: string, origin: SourceOrigin) {
    this.#origin = origin
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.#starts.push(at + 1)
  }

  at(offset: number): Place {
    let low = 0
    let high = this.#starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.#starts[middle]! <= offset) low = middle
      else high = middle - 1
    }
    const { file, line, indentation } = this.#origin
    return { file, line: line + low, column: offset - this.#starts[low]! + 1 + indentation }
  }

  error(offset: number, problem: string, hint?: string): PatternError {
    const { source } = this.#origin
    return new PatternError(problem, this.at(offset), {
      ...(hint && { hint }),
      ...(source !== undefined && { source }),
    })
  }
}

/** A part of the tree that has a place. */
type Located = Expression | Condition | Entry | Statement

/** Where pieces of an expression's text stand: offsets within it, and within the strategy. */
export type Pieces = readonly (readonly [within: number, offset: number])[]

/** Beside the tree, so that trees of the same text are equal wherever they stand. */
const located = new WeakMap<Located, { places: Places; pieces: Pieces }>()

/** Remembers where a part of the tree stands. */
export const locate = (part: Located, places: Places, pieces: Pieces): void =>
  void located.set(part, { places, pieces })

/** A part that takes the place of another stands where that stood. */
export function locateAs<Part extends Located>(part: Part, other: Located): Part {
  const found = located.get(other)
  if (found) located.set(part, found)
  return part
}

/** @param at where in an expression's text, from 0 */
export function placeIn(part: Located, at = 0): Place | undefined {
  const found = located.get(part)
  if (!found) return undefined
  const [within, offset] = found.pieces.findLast(([each]) => each <= at) ?? found.pieces[0] ?? [0, 0]
  return found.places.at(offset + Math.max(0, at - within))
}

/** What is wrong with a part of the tree, with its place where that is known. */
export function errorIn(
  part: Located,
  {
    problem,
    hint,
    at,
    line,
    file,
    source,
  }: {
    problem: string
    hint?: string | undefined
    at?: number
    line: number
    file: string
    source?: string | undefined
  },
): PatternError {
  const found = located.get(part)
  if (!found)
    return new PatternError(
      problem,
      { file, line, column: 1 },
      { ...(hint && { hint }), ...(source !== undefined && { source }) },
    )
  const [within, offset] = found.pieces.findLast(([each]) => each <= (at ?? 0)) ?? found.pieces[0] ?? [0, 0]
  return found.places.error(offset + Math.max(0, (at ?? 0) - within), problem, hint)
}
