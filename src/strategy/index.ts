export {
  isInstant,
  type Effect,
  type EffectRequest,
  type InstantEffect,
  type LastingEffect,
  type Options,
} from './effect.ts'
export { PatternError, type Place } from './errors.ts'
export { evaluate, ExpressionError, namesIn, problemOfExpression } from './expression.ts'
export { FORBIDDEN_NAMES } from './forbidden.ts'
export { SPAWN_OPTIONS } from './forms.ts'
export { strategyGrammar } from './grammar.ts'
export { textOf, type Json, type Scope } from './json.ts'
export { Machine, millisecondsOf, type Failure, type MachineState, type Resolution } from './machine.ts'
export { parseStrategy, type StrategyOptions } from './parse.ts'
export { printStrategy } from './print.ts'
export { compileProgram, type Program } from './program.ts'
export { fill, fillAll, fillKept, fillKnown } from './template.ts'
export type { Block, Condition, Entry, Statement, Strategy, Value } from './tree.ts'
