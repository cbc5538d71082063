import type { FaultKind } from './fault.ts'

/** 401: the key is no longer valid. */
export const unauthorized: FaultKind = {
  billed: false,
  atDoor: true,
  at: 0.02,
  ending: { kind: 'refusal', refusal: () => ({ kind: 'unauthorized' }) },
}
