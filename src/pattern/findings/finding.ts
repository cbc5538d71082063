import {
  errorIn,
  PatternError,
  type Entry,
  type Expression,
  type Statement,
  type Condition,
} from '../../strategy/index.ts'
import { originOf, type Pattern } from '../pattern.ts'
import { errorAt } from '../source.ts'

/** How bad it is: such a pattern is not loaded; it fails when it runs; it may not be meant so. */
export type Severity = 'refused' | 'error' | 'warning'

/** Something of a pattern that is wrong, or may not be meant so. */
export interface Finding {
  severity: Severity
  /** With file, line, column and a hint. */
  error: PatternError
}

/** What is known beside the pattern. */
export interface Known {
  /** Names of functions for CALL. */
  functions?: readonly string[]
  /** Whether there is such a model. */
  isModel?: (name: string) => boolean
  /** Names of models, of which a misspelt one is told the nearest. */
  models?: readonly string[]
}

/** Where something stands: in an expression, at an entry, at a statement, or under a path of the YAML. */
export type Where =
  | { in: Expression | Condition | Entry; at?: number; of: Statement }
  | { statement: Statement }
  | { path: readonly PropertyKey[]; text?: string }

/** What a check is given. */
export interface Checking {
  pattern: Pattern
  known: Known
  found: (severity: Severity, where: Where, problem: string, hint?: string) => void
}

/** One check of a pattern. */
export type PatternCheck = (checking: Checking) => void

/** Gathers what checks find. */
export function collecting(pattern: Pattern, known: Known): { checking: Checking; findings: Finding[] } {
  const findings: Finding[] = []
  const { sources, owner } = originOf(pattern)
  const { file, text } = owner
  const lines = text.split('\n')
  const errorFor = (where: Where, problem: string, hint: string | undefined): PatternError => {
    if ('in' in where)
      return errorIn(where.in, {
        problem,
        hint,
        at: where.at ?? 0,
        line: where.of.line,
        file,
        source: text || undefined,
      })
    if ('statement' in where) {
      const { line } = where.statement
      const column = (lines[line - 1] ?? '').search(/\S/) + 1
      return new PatternError(
        problem,
        { file, line, column: Math.max(1, column) },
        { ...(hint && { hint }), ...(text && { source: text }) },
      )
    }
    const source = sources.find((each) => each.document.hasIn(where.path as unknown[])) ?? sources[0]
    if (!source) return new PatternError(problem, { file, line: 1, column: 1 }, { ...(hint && { hint }) })
    return errorAt(source, where.path, problem, hint, where.text)
  }
  const found: Checking['found'] = (severity, where, problem, hint) =>
    void findings.push({ severity, error: errorFor(where, problem, hint) })
  return { checking: { pattern, known, found }, findings }
}
