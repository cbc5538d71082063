import type { FaultKind } from './fault.ts'

/** Something between client and service answers with a page of HTML, and status 200. */
export const htmlPage: FaultKind = {
  billed: false,
  atDoor: true,
  at: 0.3,
  ending: { kind: 'damage', damage: 'html', message: 'The service sent an HTML page instead of the answer.' },
}
