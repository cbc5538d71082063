import { HALF, type FaultKind } from './fault.ts'

/** The service stops in the middle of the answer, and the connection stays open. */
export const stall: FaultKind = { billed: true, at: 1, cut: HALF, ending: { kind: 'stall' } }
