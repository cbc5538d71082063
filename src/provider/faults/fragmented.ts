import type { FaultKind } from './fault.ts'

/** The bytes of the answer come in pieces that are cut anywhere: in an event, in a line break, in a character. */
export const fragmented: FaultKind = { billed: true, at: 1, fragmented: true, ending: { kind: 'answer' } }
