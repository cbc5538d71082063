export { askedOf } from './asked.ts'
export { isMistake, nearest, PatternError, suggestion } from './errors.ts'
export { evaluate, ExpressionError } from './expression.ts'
export { SPAWN_OPTIONS } from './forms.ts'
export { textOf, type Json, type Scope } from './json.ts'
export { findPattern, findWithin, listPatterns, patternFolders, PatternNotFoundError } from './find.ts'
export { loadPattern, type Pattern, type PatternText } from './load.ts'
export {
  isInstant,
  type Effect,
  type EffectRequest,
  type InstantEffect,
  type LastingEffect,
  type Options,
} from './effect.ts'
export { Machine, millisecondsOf, type Failure, type MachineState, type Resolution, type Step } from './machine.ts'
export { parseStrategy, type StrategyOptions } from './parse.ts'
export { preparePatterns } from './prepare.ts'
export { printStrategy } from './print.ts'
export { compileProgram, type Program } from './program.ts'
export { patternJSONSchema, type PatternData, type RoutingRule, type Transformer } from './schema.ts'
export {
  isOrchestrating,
  PatternSettingError,
  resolveAgents,
  resolveVariables,
  variableNames,
  type AgentSettings,
} from './settings.ts'
export { fillAll, fillKept } from './template.ts'
export type { Strategy } from './tree.ts'
