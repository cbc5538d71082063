import type { FaultKind } from './fault.ts'

/** 529 at Anthropic, 503 at OpenAI. */
export const overloaded: FaultKind = {
  billed: false,
  atDoor: true,
  at: 0.05,
  ending: { kind: 'refusal', refusal: ({ retryAfterMs }) => ({ kind: 'overloaded', retryAfterMs }) },
}
