import type { FaultKind } from './fault.ts'

/** 502 with a page of HTML, as proxies send. */
export const badGateway: FaultKind = {
  billed: false,
  atDoor: true,
  at: 0.3,
  ending: { kind: 'refusal', refusal: () => ({ kind: 'bad_gateway' }) },
}
