import type { FaultKind } from './fault.ts'
import { overloaded } from './overloaded.ts'

/** A stream with status 200 has an error as its first event. A request without a stream fails with an overloaded service. */
export const streamErrorFirst: FaultKind = {
  billed: false,
  at: 0.05,
  ending: { kind: 'damage', damage: 'error_first', message: 'The stream began with an error.' },
  unstreamed: overloaded,
}
