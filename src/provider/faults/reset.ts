import type { FaultKind } from './fault.ts'

/** The connection is reset before an answer. */
export const reset: FaultKind = {
  billed: false,
  atDoor: true,
  at: 0.3,
  ending: { kind: 'reset', message: 'The connection was reset before an answer.' },
}
