import {
  expressionsIn,
  expressionsOf,
  partsOf,
  statementsIn,
  mistakeIn,
  type Condition,
  type Expression,
  type Statement,
  type Value,
} from '../../strategy/index.ts'
import type { PatternCheck } from './finding.ts'

/** An expression, and the statement that it is of. */
export interface Used {
  expression: Expression
  of: Statement
}

const isExpression = (condition: Condition): condition is Expression => condition.kind === 'expression'

/** All expressions of a statement that are evaluated: names of agents and events are none. */
function expressionsUsed(statement: Statement): Expression[] {
  const { values, entries, conditions, expressions, symbols } = partsOf(statement)
  const inValues = (list: readonly Value[]): Expression[] => list.flatMap((value) => [...expressionsIn(value)])
  return [
    ...inValues(values),
    ...inValues(symbols).filter(({ text }) => !/^[A-Za-z_]\w*$/.test(text)),
    ...entries.flatMap((entry) => [...expressionsOf(entry)]),
    ...conditions.filter(isExpression),
    ...expressions,
  ]
}

/** All expressions of a strategy. */
export const allExpressions = (statements: Iterable<Statement>): Used[] =>
  [...statements].flatMap((of) => expressionsUsed(of).map((expression) => ({ expression, of })))

/** Operators and functions that are given values of the wrong type, whatever the variables are. */
export const checkExpressions: PatternCheck = ({ pattern, found }) => {
  for (const { expression, of } of allExpressions(statementsIn(pattern.strategy.statements))) {
    const mistake = mistakeIn(expression.text)
    // What is no expression is for the orchestrating agent, in a sketch.
    const isLeft = pattern.strategy.isSketch && mistake?.problem !== 'type' && mistake?.unknown
    if (mistake && !isLeft) found('refused', { in: expression, at: mistake.at, of }, mistake.message)
  }
}
