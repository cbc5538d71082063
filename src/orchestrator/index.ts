export type { Agent } from './team/agent.ts'
export type { AgentAnswer } from './team/answer.ts'
export type { BreakerSettings } from './questions/breaker/settings.ts'
export type { NoAccess } from './service/no-access.ts'
export type { ReportedLimit } from './service/limits.ts'
export { fitsPattern } from './team/bus.ts'
export { Completer, type TargetHealth } from './questions/completer.ts'
export type { WaitingRetry } from './questions/retries.ts'
export { NO_CALLS, type CallStatistics } from './questions/statistics.ts'
export type { CacheSavings } from './questions/cache/cache.ts'
export { readCosts, type ReportedCost } from './money/reported-cost.ts'
export { Costs } from './money/costs.ts'
export { ResumeError } from './run/journal.ts'
export type { RunState } from './run/state.ts'
export type { SavedAgent } from './team/agent.ts'
export { CompletionError, type FailureKind } from './service/failures.ts'
export { Orchestrator, type RunStart } from './run/orchestrator.ts'
export { OrchestrationError, type EndReason, type OrchestrationResult } from './run/result.ts'
export type { OrchestratorDependencies } from './run/dependencies.ts'
export { functionsOf } from './run/libraries.ts'
export { targetOf } from './service/target.ts'
export { InvalidOrchestratorSettingError } from './setting-error.ts'
export { resolveSettings } from './resolve-settings.ts'
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
