import type { FaultKind } from './fault.ts'

/** The answer is not JSON. */
export const malformedJson: FaultKind = {
  billed: true,
  at: 1,
  ending: { kind: 'damage', damage: 'malformed', message: 'The answer was malformed.' },
}
