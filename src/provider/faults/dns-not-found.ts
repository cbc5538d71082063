import type { FaultKind } from './fault.ts'

/** The name of the service has no address (`ENOTFOUND`). */
export const dnsNotFound: FaultKind = {
  billed: false,
  atDoor: true,
  at: 0,
  afterMs: 20,
  ending: { kind: 'reset', connection: 'ENOTFOUND', message: 'The name of the service was not found.' },
}
