import type { FaultKind } from './fault.ts'

/** The TLS certificate of the service has expired (`CERT_HAS_EXPIRED`). */
export const certificateExpired: FaultKind = {
  billed: false,
  atDoor: true,
  at: 0,
  afterMs: 100,
  ending: { kind: 'reset', connection: 'CERT_HAS_EXPIRED', message: 'The certificate of the service has expired.' },
}
