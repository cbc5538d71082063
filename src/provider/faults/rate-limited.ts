import type { FaultKind } from './fault.ts'

/** 429: too many requests. */
export const rateLimited: FaultKind = {
  billed: false,
  atDoor: true,
  at: 0.02,
  ending: {
    kind: 'refusal',
    refusal: ({ retryAfterMs }) => ({ kind: 'rate_limited', limit: 'requests', retryAfterMs }),
  },
}
