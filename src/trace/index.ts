export { openGather, type OpenGather } from './gather.ts'
export { putInForce, traceInForce } from './in-force.ts'
export { nestsDeeper } from './nesting.ts'
export type { EventBody, EventOf, PicoDollars, RefusedReason, TracedMessage, TraceEvent, Usage } from './events.ts'
export {
  agentsOf,
  callsOf,
  costOverTime,
  gathersOf,
  NO_USAGE,
  type AgentRecord,
  type CallRecord,
  type CostPoint,
  type GatherRecord,
} from './queries.ts'
export { InvalidTraceError, Trace, type Spool } from './trace.ts'
