import type { Json } from '../json.ts'
import { Unfit } from './errors.ts'

// A step is what it takes to evaluate one part of an expression: some fifty nanoseconds. What is done to many items or
// letters at once takes less for each.

/** Steps for an item that is copied. */
const AN_ITEM = 1 / 16
/** … for a letter that is written. */
const A_LETTER = 1 / 32
/** … for a value that is looked at by itself. */
const A_LOOK = 1 / 4

/** Most letters of a text, and most items of a list. */
const MAX_LETTERS = 4_000_000
const MAX_ITEMS = 1_000_000
/** Members of an object, each of which takes as long as many items of a list. */
const MAX_MEMBERS = 20_000
/** Values within one value, its letters in all, and how deep they may be nested. */
const MAX_VALUES = 2_000_000
const MAX_LETTERS_IN_ALL = 8_000_000
const MAX_DEPTH = 200

/** Counts what is done, in steps: whoever gave it out decides how many are too many. */
export class Work {
  done = 0
  /** Above this, `Overrun` is thrown. */
  readonly most: number
  constructor(most = Number.POSITIVE_INFINITY) {
    this.most = most
  }

  /** @throws Overrun */
  add(steps: number): void {
    this.done += steps
    if (this.done > this.most) throw new Overrun()
  }

  /** So many items are copied. */
  copied(count: number): void {
    this.add(count * AN_ITEM)
  }

  /** So many letters are written. */
  written(count: number): void {
    this.add(count * A_LETTER)
  }

  /** So many values are looked at. */
  looked(count: number): void {
    this.add(count * A_LOOK)
  }

  /** A value that was made: it counts by its length. */
  made(value: Json): Json {
    if (typeof value === 'string') {
      fit(value.length, MAX_LETTERS, 'letters')
      this.written(value.length)
    } else if (Array.isArray(value)) {
      fit(value.length, MAX_ITEMS, 'items')
      this.copied(value.length)
    }
    return value
  }
}

function fit(length: number, most: number, what: string): void {
  if (length > most) throw new Unfit(`the result has ${length} ${what}; a value may have at most ${most}`, 'value')
}

/** Thrown where more is done than may be. */
export class Overrun extends Error {}

/** Why a value is too big to be kept; nothing where it is not. What it takes to know counts as work. */
export function tooBig(value: Json, work: Work): string | undefined {
  let values = 0
  let letters = 0
  const walk = (each: Json, depth: number): string | undefined => {
    if (depth > MAX_DEPTH) return `is nested more than ${MAX_DEPTH} deep`
    if (typeof each === 'string') letters += each.length
    if (typeof each !== 'object' || each === null) return undefined
    const inner = Array.isArray(each) ? (each as readonly Json[]) : Object.values(each)
    if (inner.length > MAX_MEMBERS && !Array.isArray(each)) return `has an object of more than ${MAX_MEMBERS} members`
    values += inner.length
    if (values > MAX_VALUES) return `has more than ${MAX_VALUES} items and members in all`
    work.copied(inner.length)
    for (const one of inner) {
      if (typeof one === 'string') letters += one.length
      else if (typeof one === 'object' && one !== null) {
        work.looked(1)
        const problem = walk(one, depth + 1)
        if (problem !== undefined) return problem
      }
    }
    return letters > MAX_LETTERS_IN_ALL ? `has more than ${MAX_LETTERS_IN_ALL} letters in all` : undefined
  }
  return walk(value, 0)
}

/** Counts all that is in a value, for what is done with each part of it. */
export function weigh(value: Json, work: Work): void {
  if (typeof value === 'string') work.written(value.length)
  else if (typeof value !== 'object' || value === null) work.copied(1)
  else {
    const inner = Array.isArray(value) ? (value as readonly Json[]) : Object.values(value)
    work.looked(inner.length)
    for (const each of inner) if (typeof each === 'object' || typeof each === 'string') weigh(each, work)
  }
}
