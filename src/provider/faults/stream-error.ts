import { HALF, type FaultKind } from './fault.ts'
import { overloaded } from './overloaded.ts'

/** An error stands in the middle of a stream that began with status 200; who asks for the whole finds the service overloaded. */
export const streamError: FaultKind = {
  billed: true,
  at: 1,
  cut: HALF,
  ending: { kind: 'damage', damage: 'error', message: 'The stream was broken off by an error.' },
  unstreamed: overloaded,
}
