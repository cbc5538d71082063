export type {
  Answer,
  CallRequest,
  Choice,
  ConnectionFailure,
  Damage,
  HostedTool,
  HostedUse,
  LimitState,
  LimitStates,
  Message,
  Piece,
  ReasoningRequest,
  ServiceError,
  Reply,
  ToolCall,
  ToolChoice,
  ToolDefinition,
} from './call.ts'
export { actAs, actingAgent, runInForce, withinRun, type Caller, type Identify } from './callers.ts'
export type { Bursts } from './bursts.ts'
export type { AgentConfig, Behaviour, ProviderConfig, ServiceConfig } from './config.ts'
export { failsByChance } from './fails-by-chance.ts'
export type { FailingNext, ScheduledFault } from './fault-chance.ts'
export {
  brownout,
  outage,
  windowApplies,
  type FaultWindow,
  type ResolvedFaultWindow,
  type BrownoutOptions,
  type OutageOptions,
  type WindowSpan,
} from './fault-windows.ts'
export { scopeOfToday, type CallScope } from './call-scope.ts'
export { configOfToday } from './former-names.ts'
export { DEFAULT_MIX, FAULT_NAMES, type Fault, type FaultMix } from './faults/index.ts'
export { constant, empirical, latency, lognormal, never, uniform, type Latency, type ModelSpeed } from './latency.ts'
export { Ledger, type BilledCost, type Entry } from './ledger.ts'
export type { ModelConfig } from './models.ts'
export { InvalidProviderConfigError } from './options/invalid.ts'
export type { Persona } from './personas.ts'
export { prepareAnswers } from './prepare.ts'
export { json, sequence, toolCall, whenAsked, type SequenceOptions } from './reply-helpers.ts'
export { Provider, type AcceptedCall, type ProviderDependencies } from './provider.ts'
export type { RateLimits } from './rate-limits.ts'
export { REFUSAL_MS, type RefusedRequest } from './refused.ts'
export type { ReplyUsage } from './content.ts'
export type { ReplyContext, ReplyFunction, ReplyRule, ReplySource, ReplySpec, Sequence } from './reply-rules.ts'
