import type { PatternError, Program, Strategy } from '../strategy/index.ts'
import type { PatternData } from './schema.ts'
import type { Source } from './source.ts'

/** A parsed and validated pattern. */
export interface Pattern {
  /** The path of the pattern. */
  file: string
  /**
   * The texts of the pattern and of the patterns that it extends and includes, in this order. `loadPattern` accepts
   * them.
   */
  sources: readonly Required<PatternText>[]
  /** The pattern as data, merged with the patterns that it extends and includes. */
  data: PatternData
  /** The parsed strategy. */
  strategy: Strategy
  /** The compiled strategy. */
  program: Program
}

/** Text of a pattern that is in no file. */
export interface PatternText {
  /** The YAML text of the pattern. */
  text: string
  /** The name for errors. Default `pattern.yaml`. */
  file?: string
}

/** What a pattern was read from. */
export interface Origin {
  /** Its own file first, then those that it extends and includes. */
  sources: readonly Source[]
  /** What it includes and is nowhere: only of a sketch. */
  missing: readonly PatternError[]
  /** The file that has the strategy. */
  owner: { file: string; text: string }
}

const origins = new WeakMap<Pattern, Origin>()

/** Remembers what a pattern was read from, for errors that are found later. */
export function comesFrom(pattern: Pattern, origin: Origin): Pattern {
  origins.set(pattern, origin)
  return pattern
}

/** What a pattern was read from; that of a pattern that was made otherwise is empty. */
export const originOf = (pattern: Pattern): Origin =>
  origins.get(pattern) ?? { sources: [], owner: { file: pattern.file, text: '' }, missing: [] }
