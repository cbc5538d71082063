import type { FaultKind } from './fault.ts'

/** No connection to the service is made within 10 s (`UND_ERR_CONNECT_TIMEOUT`, `ETIMEDOUT`). */
export const connectionTimeout: FaultKind = {
  billed: false,
  atDoor: true,
  at: 0,
  afterMs: 10_000,
  ending: { kind: 'reset', connection: 'ETIMEDOUT', message: 'The connection timed out.' },
}
