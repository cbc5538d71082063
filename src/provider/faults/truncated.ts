import { HALF, type FaultKind } from './fault.ts'

/** The answer ends early, and the service closes the connection regularly. */
export const truncated: FaultKind = {
  billed: true,
  at: 1,
  cut: HALF,
  ending: { kind: 'damage', damage: 'truncated', message: 'The answer was truncated.' },
}
