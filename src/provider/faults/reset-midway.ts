import { HALF, type FaultKind } from './fault.ts'

/** The connection is reset in the middle of the answer. */
export const resetMidway: FaultKind = {
  billed: true,
  at: 1,
  cut: HALF,
  ending: { kind: 'damage', damage: 'reset', message: 'The answer was cut off by a reset.' },
}
