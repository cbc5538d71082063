import type { FaultKind } from './fault.ts'

/** Something between client and service answers with a page of HTML, and status 200. */
export const htmlPage: FaultKind = {
  billed: false,
  atDoor: true,
  at: 0.3,
  ending: { kind: 'damage', damage: 'html', message: 'A page of HTML came in place of the answer.' },
}
