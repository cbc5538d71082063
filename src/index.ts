/**
 * `longhaul`: `describeOrchestration` with its options, latencies, replies, faults, checks and errors; `createSimulation` and
 * `startServer` for other test runners.
 *
 * @packageDocumentation
 */
import { guardChildren, installDoors } from './doors/index.ts'
import { seedLoading } from './vitest/loading.ts'

export {
  CHECKS,
  findViolations,
  InvalidCheckError,
  InvariantError,
  type CheckName,
  type CheckSettings,
  type Violation,
} from './checks/index.ts'
export {
  ClockInUseError,
  DeadlockError,
  formatDuration,
  InvalidDurationError,
  InvalidTimeModeError,
  TimerStormError,
  type Clock,
  type Duration,
  type TimeModeText,
} from './clock/index.ts'
export {
  explore,
  InvalidCaseError,
  InvalidSweepError,
  type Case,
  type Exploration,
  type ExploredFailure,
  type SmallestFailure,
  type SweepOptions,
} from './explore/index.ts'
export { formatDollars, InvalidAmountError, parseDollars, type Money } from './money/index.ts'
export {
  InvalidNetworkError,
  OutsideOfTestError,
  startServer,
  UnmountedProviderError,
  type NetworkOptions,
  type ServerMount,
  type ServerOptions,
} from './mount/index.ts'
export type { OrchestrationResult, OrchestratorSettings } from './orchestrator/index.ts'
export type { PatternText } from './pattern/index.ts'
export {
  actAs,
  brownout,
  constant,
  empirical,
  InvalidProviderConfigError,
  json,
  latency,
  lognormal,
  never,
  outage,
  sequence,
  toolCall,
  uniform,
  whenAsked,
  type BilledCost,
  type Fault,
  type FaultMix,
  type Latency,
  type Ledger,
  type Provider,
  type ProviderConfig,
  type RateLimits,
  type AgentConfig,
  type Identify,
  type Message,
  type ReplyContext,
  type ReplyFunction,
  type ReplyRule,
  type ReplySource,
  type ReplySpec,
  type SequenceOptions,
  type ScheduledFault,
} from './provider/index.ts'
export {
  InvalidPredictionError,
  predict,
  type Driver,
  type Estimate,
  type FrequentFailure,
  type ModelPredictions,
  type Prediction,
  type PredictOptions,
} from './reality/index.ts'
export { InvalidDistributionError, type Distribution } from './random/index.ts'
export {
  restartable,
  SystemGoesOnError,
  type Controls,
  type PatternSettings,
  type Report,
  type RestartableContext,
  type System,
  type SystemContext,
  type Vars,
} from './systems/index.ts'
export {
  InvalidTraceError,
  Trace,
  type AgentRecord,
  type CallRecord,
  type CostPoint,
  type GatherRecord,
  type OpenGather,
  type TracedMessage,
  type TraceEvent,
  type Usage,
} from './trace/index.ts'
export { describeOrchestration, type DescribeOrchestration, type DescribeSweep } from './vitest/describe.ts'
export type { OrchestrationFixtures, OrchestrationTest, RunOptions } from './vitest/fill.ts'
export { OutOfTimeError } from './vitest/out-of-time.ts'
export { UnsupportedPoolError } from './vitest/pool.ts'
export type { Between, CallFilter, OrchestrationMatchers } from './vitest/matchers.ts'
export { createSimulation, type Simulation, type SimulationOptions } from './simulation/create.ts'
export type { CompletedOutcome, FailedOutcome, Outcome, RunRecord } from './simulation/outcome.ts'
export type { FunctionOptions, OrchestrationOptions, PatternOptions, TraceOptions } from './simulation/options.ts'
export type { StartedOrchestration } from './simulation/started.ts'
export { InvalidSettingError, type RunSettings } from './simulation/settings.ts'
export { NotAwaitedError } from './simulation/not-awaited.ts'
export { UnknownAgentError } from './simulation/unknown-agent.ts'
export { watch } from './simulation/watch.ts'

// What signatures of the names above mention.
export type { Check, CheckTuning } from './checks/index.ts'
export type { ClockOptions, Milliseconds, TimeMode, Waiter } from './clock/index.ts'
export type { Coverage } from './explore/index.ts'
export type { Price, Prices } from './money/index.ts'
export type { Mount, ServedMetrics } from './mount/index.ts'
export type {
  BreakerSettings,
  BudgetSettings,
  CacheSavings,
  CacheSettings,
  ReportedCost,
  EndReason,
  FunctionLibrary,
  ResilienceSettings,
  ServiceSettings,
  StrategyFunction,
  SupervisionSettings,
} from './orchestrator/index.ts'
export type {
  Behaviour,
  BrownoutOptions,
  Bursts,
  Caller,
  CallRequest,
  CallScope,
  FaultWindow,
  HostedTool,
  ModelConfig,
  ModelSpeed,
  OutageOptions,
  Persona,
  ReasoningRequest,
  ServiceError,
  ReplyUsage,
  Sequence,
  ServiceConfig,
  ToolCall,
  ToolChoice,
  ToolDefinition,
  WindowSpan,
} from './provider/index.ts'
export type {
  /** @deprecated The former name of `BilledCost`. */
  BilledCost as Account,
} from './provider/index.ts'
export type { Seed } from './random/index.ts'
export type { Session } from './simulation/session.ts'
export type { CommonOptions } from './simulation/options.ts'
export type { UnusedPolicy } from './simulation/settings.ts'
export type { Json, StrategyFailure } from './strategy/index.ts'
export type { EventBody, EventOf, PicoDollars, RefusedReason, Spool } from './trace/index.ts'
export type { DescribeCases, SweptCase } from './vitest/describe.ts'

export * from './moved.ts'

// At the latest: the plugin does so before any module of the user is loaded.
installDoors()
seedLoading()
guardChildren()
