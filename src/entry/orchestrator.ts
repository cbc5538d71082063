/**
 * `longhaul/orchestrator`: the reference orchestrator without a test around it, and the store that keeps its runs.
 *
 * @packageDocumentation
 */
export {
  CompletionError,
  InvalidOrchestratorSettingError,
  OrchestrationError,
  Orchestrator,
  ResumeError,
  type AgentAnswer,
  type BreakerSettings,
  type BudgetSettings,
  type CacheSavings,
  type CacheSettings,
  type CallStatistics,
  type ReportedCost,
  type EndReason,
  type FailureKind,
  type FunctionLibrary,
  type NoAccess,
  type OrchestrationResult,
  type OrchestratorSettings,
  type OrchestratorDependencies,
  type ReportedLimit,
  type ResilienceSettings,
  type RunStart,
  type ServiceSettings,
  type StrategyFunction,
  type SupervisionSettings,
  type TargetHealth,
  type WaitingRetry,
} from '../orchestrator/index.ts'
export type { Pattern, PatternData } from '../pattern/index.ts'
export type { Block, Statement, Strategy } from '../strategy/index.ts'
export {
  RunStore,
  StoreError,
  type Checkpoint,
  type KeptAnswer,
  type ListedRun,
  type RunStatus,
} from '../store/index.ts'
