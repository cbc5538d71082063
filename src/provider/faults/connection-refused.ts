import type { FaultKind } from './fault.ts'

/** Nothing listens at the address of the service (`ECONNREFUSED`). */
export const connectionRefused: FaultKind = {
  billed: false,
  atDoor: true,
  at: 0,
  afterMs: 5,
  ending: { kind: 'reset', connection: 'ECONNREFUSED', message: 'The connection was refused.' },
}
