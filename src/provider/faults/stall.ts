import { HALF, type FaultKind } from './fault.ts'

/** In the middle of the answer the service goes silent, and the connection stays open. */
export const stall: FaultKind = { billed: true, at: 1, cut: HALF, ending: { kind: 'stall' } }
