import { limitedAccount } from './accounts.ts'
import { burst, hanging, realOutage } from './breaker.ts'
import { halfOpen, halfOpenWithoutMoney } from './half-open.ts'
import { sameFallback, unpriced } from './money.ts'
import { cacheHits, lockInPause, overlappingWindows } from './others.ts'
import type { Figure } from './runs.ts'

/** All that is measured of the orchestrator's resilience, each over so many seeds. */
export const MEASURES: Readonly<Record<string, (seeds: number) => Promise<Figure[]>>> = {
  burst,
  realOutage,
  hanging,
  halfOpen,
  halfOpenWithoutMoney,
  limitedAccount,
  unpriced,
  sameFallback,
  overlappingWindows,
  lockInPause,
  cacheHits,
}
