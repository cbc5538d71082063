import type { Json } from '../json.ts'
import { Unfit } from './errors.ts'

/** Most letters of a text, and items of a list. */
const MAX_LENGTH = 4_000_000
/** Letters, items and members of one value in all, and how deep they may be nested. */
const MAX_SIZE = 8_000_000
const MAX_DEPTH = 200
/** Letters of a text that are worth one step. */
const LETTERS_A_STEP = 64

/** Counts what is done, in steps: whoever gave it out decides how many are too many. */
export class Work {
  done = 0
  /** Above this, `overrun` is thrown. */
  readonly most: number
  constructor(most = Number.POSITIVE_INFINITY) {
    this.most = most
  }

  /** @throws Overrun */
  add(steps: number): void {
    this.done += steps
    if (this.done > this.most) throw new Overrun()
  }

  /** A value that was made: it counts by its length. */
  made(value: Json): Json {
    if (typeof value === 'string') this.#long(value.length, 'letters', value.length / LETTERS_A_STEP)
    else if (Array.isArray(value)) this.#long(value.length, 'items', value.length)
    return value
  }

  #long(length: number, what: string, steps: number): void {
    if (length > MAX_LENGTH)
      throw new Unfit(`it gives ${length} ${what}; a value has at most ${MAX_LENGTH} of them`, 'value')
    this.add(Math.ceil(steps))
  }
}

/** Thrown where more is done than may be. */
export class Overrun extends Error {}

/** Why a value is too big to be kept; nothing where it is not. What it takes to know counts as work. */
export function tooBig(value: Json, work: Work): string | undefined {
  let left = MAX_SIZE
  const walk = (each: Json, depth: number): string | undefined => {
    if (depth > MAX_DEPTH) return `is nested more than ${MAX_DEPTH} deep`
    left -= typeof each === 'string' ? each.length : 1
    if (left < 0) return `has more than ${MAX_SIZE} letters, items and members in all`
    if (typeof each !== 'object' || each === null) return undefined
    const inner = Array.isArray(each) ? (each as readonly Json[]) : Object.values(each)
    for (const one of inner) {
      const problem = walk(one, depth + 1)
      if (problem !== undefined) return problem
    }
    return undefined
  }
  const problem = walk(value, 0)
  work.add(Math.ceil((MAX_SIZE - Math.max(0, left)) / LETTERS_A_STEP))
  return problem
}
