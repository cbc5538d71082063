/**
 * `longhaul/pattern`: YAML patterns and their strategies, read, written and run as a system under test.
 *
 * @packageDocumentation
 */
export {
  loadPattern,
  patternJSONSchema,
  PatternNotFoundError,
  PatternSettingError,
  type LoadOptions,
  type Pattern,
  type PatternData,
  type PatternText,
} from '../pattern/index.ts'
export {
  parseStrategy,
  PatternError,
  printStrategy,
  type Block,
  type Place,
  type SourceOrigin,
  type Statement,
  type Strategy,
  type StrategyOptions,
} from '../strategy/index.ts'
export { patternSystem, type PatternSettings } from '../systems/index.ts'
