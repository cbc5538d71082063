export type { Agent } from './agent.ts'
export { fitsPattern } from './bus.ts'
export { Completer, type CallStatistics, type TargetHealth, type WaitingRetry } from './completer.ts'
export type { Savings } from './cache.ts'
export { Costs, type Claim } from './costs.ts'
export { readCosts, ResumeError, type RunState, type SavedAgent } from './journal.ts'
export { CompletionError, type FailureKind } from './failures.ts'
export {
  OrchestrationError,
  Orchestrator,
  type EndReason,
  type OrchestrationResult,
  type Surroundings,
} from './orchestrator.ts'
export { functionsOf } from './libraries.ts'
export { targetOf } from './target.ts'
export { InvalidOrchestratorSettingError, settle } from './settle.ts'
export type {
  BudgetSettings,
  CacheSettings,
  FunctionLibrary,
  OrchestratorSettings,
  ResilienceSettings,
  ServiceSettings,
  StrategyFunction,
  SupervisionSettings,
} from './settings.ts'
