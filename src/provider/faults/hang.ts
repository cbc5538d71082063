import type { FaultKind } from './fault.ts'

/** No answer, ever. */
export const hang: FaultKind = { billed: false, at: Number.POSITIVE_INFINITY, ending: { kind: 'silence' } }
