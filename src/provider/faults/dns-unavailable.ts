import type { FaultKind } from './fault.ts'

/** The name server does not answer (`EAI_AGAIN`). */
export const dnsUnavailable: FaultKind = {
  billed: false,
  atDoor: true,
  at: 0,
  afterMs: 5_000,
  ending: { kind: 'reset', connection: 'EAI_AGAIN', message: 'The name server did not answer.' },
}
