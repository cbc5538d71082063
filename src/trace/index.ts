export { openGather, type OpenGather } from './gather.ts'
export type { EventBody, EventOf, PicoDollars, TraceEvent, Usage } from './events.ts'
export { callsOf, gathersOf, NO_USAGE, type CallRecord, type GatherRecord } from './queries.ts'
export { InvalidTraceError, Trace, type Spool } from './trace.ts'
