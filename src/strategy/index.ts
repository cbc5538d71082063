export {
  isInstant,
  type Effect,
  type EffectRequest,
  type InstantEffect,
  type LastingEffect,
  type Options,
} from './effect.ts'
export { PatternError, type Place } from './errors.ts'
export {
  constantOf,
  evaluate,
  ExpressionError,
  mistakeIn,
  mistakeInTemplate,
  namesIn,
  problemOfExpression,
  readsOf,
  readsOfTemplate,
} from './expression/index.ts'
export { tellsGathered } from './extended.ts'
export { FORBIDDEN_NAMES } from './forbidden.ts'
export { strategyGrammar } from './grammar.ts'
export { textOf, type Json, type Scope } from './json.ts'
export { millisecondsOf } from './duration.ts'
export { Machine, type MachineState, type Resolution } from './machine.ts'
export type { StrategyFailure } from './run.ts'
export { definitionOf, FORMS, SPAWN_OPTIONS } from './statements/index.ts'
export { parseStrategy, type StrategyOptions } from './parse.ts'
export { printStrategy } from './print.ts'
export { compileProgram, type Program } from './program.ts'
export { fill, fillAll, fillKept, fillKnown } from './template.ts'
export { expressionsIn, expressionsOf, partsOf, setBy, statementsIn } from './walk.ts'
export { errorIn, type SourceOrigin } from './places.ts'
export { CRITERIA } from './values.ts'
export type { Block, Condition, Entry, Expression, Statement, Strategy, Value } from './tree.ts'
