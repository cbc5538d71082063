import { originOf, type Pattern } from '../pattern.ts'
import { checkAgents } from './agents.ts'
import { checkConstants } from './constants.ts'
import { checkCounts } from './counts.ts'
import { checkCriteria } from './criteria.ts'
import { checkExpressions } from './expressions.ts'
import { collecting, type Finding, type Known, type PatternCheck } from './finding.ts'
import { checkFunctions } from './functions.ts'
import { checkModels } from './models.ts'
import { checkPlainLanguage } from './plain.ts'
import { checkTemplates } from './templates.ts'
import { checkUnreachable } from './unreachable.ts'
import { checkVariables } from './variables.ts'

export type { Finding, Known } from './finding.ts'

/** Checks whose findings may be so bad that the pattern is not loaded. */
const AT_LOAD: readonly PatternCheck[] = [checkExpressions, checkConstants, checkVariables, checkTemplates]
const ALL: readonly PatternCheck[] = [
  ...AT_LOAD,
  checkAgents,
  checkCounts,
  checkCriteria,
  checkFunctions,
  checkModels,
  checkUnreachable,
  checkPlainLanguage,
]

/** @throws PatternError for the first thing that cannot be right whatever the run is given */
export function refuseMistakes(pattern: Pattern): void {
  const { checking, findings } = collecting(pattern, {})
  for (const check of AT_LOAD) check(checking)
  const worst = findings.find(({ severity }) => severity === 'refused')
  if (worst) throw worst.error
}

/** What is wrong with a pattern, and what may not be meant so, by line. */
export function findingsOf(pattern: Pattern, known: Known = {}): readonly Finding[] {
  const { checking, findings } = collecting(pattern, known)
  for (const check of ALL) check(checking)
  for (const error of originOf(pattern).missing) findings.push({ severity: 'warning', error })
  return findings.toSorted((a, b) => a.error.line - b.error.line || a.error.column - b.error.column)
}
