export type { Agent } from './team/agent.ts'
export { fitsPattern } from './team/bus.ts'
export { Completer, type CallStatistics, type TargetHealth, type WaitingRetry } from './questions/completer.ts'
export type { Savings } from './questions/cache.ts'
export { Costs, type Claim } from './money/costs.ts'
export { readCosts, ResumeError, type RunState, type SavedAgent } from './run/journal.ts'
export { CompletionError, type FailureKind } from './service/failures.ts'
export {
  OrchestrationError,
  Orchestrator,
  type EndReason,
  type OrchestrationResult,
  type Surroundings,
} from './run/orchestrator.ts'
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
