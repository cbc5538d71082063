import type { FaultKind } from './fault.ts'

/** The service never answers. */
export const hang: FaultKind = { billed: false, at: Number.POSITIVE_INFINITY, ending: { kind: 'silence' } }
