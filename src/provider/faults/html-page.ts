import type { FaultKind } from './fault.ts'

/** A proxy answers with an HTML page and status 200. */
export const htmlPage: FaultKind = {
  billed: false,
  atDoor: true,
  at: 0.3,
  ending: { kind: 'damage', damage: 'html', message: 'The service sent an HTML page instead of the answer.' },
}
