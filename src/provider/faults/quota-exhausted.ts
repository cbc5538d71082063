import type { FaultKind } from './fault.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** When a quota is whole again: when the window ends that has used it up, else at a midnight (UTC) that is an hour off at least. */
const resetAfter = (date: number, until = Number.POSITIVE_INFINITY): number =>
  Number.isFinite(until) ? until : Math.ceil((date + HOUR) / DAY) * DAY

/** 429: the quota of the day or the month is used up, or the credit of the account. */
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
