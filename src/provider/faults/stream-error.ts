import { HALF, type FaultKind } from './fault.ts'
import { overloaded } from './overloaded.ts'

/** A stream with status 200 contains an error in the middle. A request without a stream fails with an overloaded service. */
export const streamError: FaultKind = {
  billed: true,
  at: 1,
  cut: HALF,
  ending: { kind: 'damage', damage: 'error', message: 'The stream was broken off by an error.' },
  unstreamed: overloaded,
}
