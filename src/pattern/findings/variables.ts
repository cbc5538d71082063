import { isMistake, nearest, suggestion } from '../../options/index.ts'
import { partsOf, readsOf, setBy, statementsIn, tellsGathered } from '../../strategy/index.ts'
import { BUILT_IN } from '../built-in.ts'
import type { Pattern } from '../pattern.ts'
import { allExpressions } from './expressions.ts'
import type { PatternCheck } from './finding.ts'

/** The variables that a strategy may read: those that are declared, that every run has, and that statements set. */
export function variablesOf({ data, strategy }: Pattern): Set<string> {
  const set = [...statementsIn(strategy.statements)].flatMap((statement) => [...setBy(statement)])
  return new Set([...BUILT_IN, ...Object.keys(data.variables ?? {}), ...set])
}

/** Statements that are mistakes in a sketch too where they name what there is not. */
const NEVER_ASKED: ReadonlySet<string> = new Set(['log', 'return', 'assert'])

/** Names of variables that there are not. */
export const checkVariables: PatternCheck = ({ pattern, found }) => {
  const { data, strategy } = pattern
  const known = variablesOf(pattern)
  const names = [...known]
  const declared = Object.keys(data.variables ?? {})
  const all = [...statementsIn(strategy.statements)]
  const blocks = [strategy.statements, ...all.flatMap((statement) => partsOf(statement).blocks)]
  const gathered = new Set(blocks.flatMap(tellsGathered))
  for (const { expression, of } of allExpressions(all))
    for (const { name, at } of readsOf(expression.text)) {
      if (known.has(name) || gathered.has(of)) continue
      const isMisspelt = isMistake(name, names)
      // What a sketch does not define is for the orchestrating agent to say, but not what is told, held or given.
      if (strategy.isSketch && !isMisspelt && !NEVER_ASKED.has(of.kind)) continue
      const severity = nearest(name, declared) !== undefined && isMisspelt ? 'refused' : 'error'
      found(
        severity,
        { in: expression, at, of },
        `There is no variable "${name}".`,
        isMisspelt ? suggestion(name, names) : `Set it above, or declare it: variables: { ${name}: … }.`,
      )
    }
}
