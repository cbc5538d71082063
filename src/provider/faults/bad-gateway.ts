import type { FaultKind } from './fault.ts'

/** 502 with an HTML page, as proxies send it. */
export const badGateway: FaultKind = {
  billed: false,
  atDoor: true,
  at: 0.3,
  ending: { kind: 'refusal', refusal: () => ({ kind: 'bad_gateway' }) },
}
