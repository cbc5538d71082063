import { isMistake, suggestion } from '../../options/index.ts'
import { statementsIn, type Statement } from '../../strategy/index.ts'
import type { PatternCheck } from './finding.ts'

/** Functions that CALL does not find. Those that a test gives are not known here. */
export const checkFunctions: PatternCheck = ({ pattern, known, found }) => {
  const names = known.functions ?? []
  for (const statement of statementsIn(pattern.strategy.statements)) {
    if (statement.kind !== 'call') continue
    const { function: called } = statement as Statement & { function: string }
    if (names.includes(called)) continue
    const isMisspelt = isMistake(called, names)
    found(
      isMisspelt ? 'error' : 'warning',
      { statement },
      `CALL: there is no function "${called}" in the libraries of the pattern.`,
      isMisspelt
        ? suggestion(called, names)
        : 'Name its library (functions: …), or pass the function by orchestrator.functions or --functions.',
    )
  }
}
