import type { TestSummary } from '../report/summary.ts'

/** What a sweep says of itself in the end. */
export interface SweepSummary {
  cases: number
  failed: number
  /** In how many tests something came about. */
  exercised: Readonly<Record<string, number>>
  /** What was to be true in one case at least. */
  sometimes: Readonly<Record<string, number>>
}

declare module 'vitest' {
  interface TaskMeta {
    longhaul?: TestSummary
    longhaulSweep?: SweepSummary
  }
}
