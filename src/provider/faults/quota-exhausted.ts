import type { FaultKind } from './fault.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** When a quota resets: at the end of the fault window, otherwise at the next midnight (UTC) that is at least an hour away. */
const resetAfter = (date: number, until = Number.POSITIVE_INFINITY): number =>
  Number.isFinite(until) ? until : Math.ceil((date + HOUR) / DAY) * DAY

/** 429: the quota of the day or month, or the credit of the account, is used up. */
export const quotaExhausted: FaultKind = {
  billed: false,
  atDoor: true,
  at: 0.02,
  ending: {
    kind: 'refusal',
    refusal({ date, until }) {
      const resetAt = resetAfter(date, until)
      return { kind: 'quota_exhausted', retryAfterMs: resetAt - date, resetAt }
    },
  },
}
