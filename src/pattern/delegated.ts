import { definitionOf, expressionsIn, expressionsOf, namesIn, partsOf, setBy, statementsIn } from '../strategy/index.ts'
import { BUILT_IN } from './built-in.ts'
import type { Pattern } from './pattern.ts'

/** What a strategy leaves to the orchestrating agent. */
export interface Delegated {
  /** Lines and conditions in plain language. */
  lines: number
  /** Names that nothing defines. */
  names: readonly string[]
}

/**
 * What a strategy leaves to the orchestrating agent: what is said in plain language, and in a sketch the names that nothing defines. What a
 * run is given as variables, beside those that the pattern declares, is not known here.
 */
export function delegatedBy({ strategy, data }: Pattern): Delegated {
  let lines = 0
  const read = new Set<string>()
  const known = new Set([...BUILT_IN, ...Object.keys(data.variables ?? {}), ...Object.keys(data.agents ?? {})])
  const see = (text: string): void => {
    for (const name of namesIn(text)) read.add(name)
  }
  for (const statement of statementsIn(strategy.statements)) {
    for (const name of setBy(statement)) known.add(name)
    lines += definitionOf(statement).asks?.(statement) ?? 0
    // Agents and events may be named without quotes.
    const { values, entries, conditions, expressions } = partsOf(statement)
    for (const { text } of values.flatMap((value) => [...expressionsIn(value)])) see(text)
    for (const { text } of entries.flatMap((entry) => [...expressionsOf(entry)])) see(text)
    for (const { text } of expressions) see(text)
    for (const condition of conditions) {
      if (condition.kind === 'judgement') lines += 1
      else see(condition.text)
    }
  }
  return { lines, names: strategy.isSketch ? [...read].filter((name) => !known.has(name)) : [] }
}
