import type { FaultKind } from './fault.ts'

/** The answer takes `slowFactor` times as long. */
export const slow: FaultKind = { billed: true, at: ({ slowFactor }) => slowFactor, ending: { kind: 'answer' } }
