import { amplification } from './amplification.ts'
import { backoff } from './backoff.ts'
import { breaker } from './breaker.ts'
import { budget } from './budget.ts'
import { cancellation } from './cancellation.ts'
import { claims } from './claims.ts'
import { conversations } from './conversations.ts'
import { deadlines } from './deadlines.ts'
import { deadlock } from './deadlock.ts'
import { isolation } from './isolation.ts'
import { orphans } from './orphans.ts'
import { paidTwice } from './paid-twice.ts'
import { refusals } from './refusals.ts'
import { results } from './results.ts'
import { retryAfter } from './retry-after.ts'
import { runaway } from './runaway.ts'
import { sequential } from './sequential.ts'
import { setUp } from './set-up.ts'
import { spans } from './spans.ts'
import { timeouts } from './timeouts.ts'
import { trace } from './trace.ts'
import { unsimulated } from './unsimulated.ts'

/** All checks by name. A check is tuned and waived by its name. */
export const CHECKS = {
  amplification,
  backoff,
  breaker,
  budget,
  cancellation,
  claims,
  conversations,
  deadlines,
  deadlock,
  isolation,
  orphans,
  'paid-twice': paidTwice,
  refusals,
  results,
  'retry-after': retryAfter,
  runaway,
  sequential,
  'set-up': setUp,
  spans,
  timeouts,
  trace,
  unsimulated,
} as const satisfies Readonly<Record<string, { settings: object }>>

/** The name of a check. */
export type CheckName = keyof typeof CHECKS
