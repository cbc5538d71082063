import type { FaultKind } from './fault.ts'
import { hang } from './hang.ts'
import { stallWithPings } from './stall-with-pings.ts'

/** A stream begins, and pings come in place of the first token, every 15 s without end. A request without a stream hangs. */
export const hangWithPings: FaultKind = { ...stallWithPings, cut: 0, unstreamed: hang }
