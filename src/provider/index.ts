export type {
  Answer,
  CallRequest,
  Choice,
  Damage,
  HostedTool,
  HostedUse,
  LimitState,
  LimitStates,
  Message,
  Piece,
  ReasoningRequest,
  Refusal,
  Reply,
  ToolCall,
  ToolChoice,
  ToolDefinition,
} from './call.ts'
export { actAs, actingAgent, withinRun, type Identify } from './callers.ts'
export {
  InvalidProviderConfigError,
  type AgentConfig,
  type Behaviour,
  type ProviderConfig,
  type ServiceConfig,
} from './config.ts'
export {
  brownout,
  DEFAULT_MIX,
  FAULT_NAMES,
  outage,
  type Bursts,
  type Fault,
  type FaultMix,
  type FaultWindow,
  type ScheduledFault,
  type Scope,
} from './faults.ts'
export { constant, empirical, lognormal, never, uniform, type Latency, type Speed } from './latency.ts'
export { Ledger, type Account, type Entry } from './ledger.ts'
export type { ModelConfig } from './models.ts'
export { prepareAnswers } from './prepare.ts'
export { Provider, type AcceptedCall, type ProviderSurroundings } from './provider.ts'
export type { RateLimits } from './rate-limits.ts'
export { REFUSAL_MS, type RefusedRequest } from './refused.ts'
export type { Persona, ReplyContext, ReplyFunction, ReplyRule, ReplySource, ReplySpec } from './replies.ts'
