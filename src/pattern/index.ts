export { delegatedBy } from './delegated.ts'
export { findPattern, findWithin, listPatterns, patternFolders, PatternNotFoundError } from './find.ts'
export { findingsOf, type Finding } from './findings/index.ts'
export { loadPattern, type LoadOptions } from './load.ts'
export type { Pattern, PatternText } from './pattern.ts'
export { preparePatterns } from './prepare.ts'
export { patternJSONSchema, type PatternData, type RoutingRule, type Transformer } from './schema.ts'
export {
  isOrchestrating,
  PatternSettingError,
  agentFrom,
  resolveAgents,
  resolveVariables,
  variableNames,
  type AgentSettings,
} from './settings.ts'
