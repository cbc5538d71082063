import type { TestSummary } from '../report/summary.ts'

/** What a sweep says of itself in the end. */
export interface SweepSummary {
  cases: number
  /** Which part of the cases it had, such as `1/4`. */
  shard?: string
  failed: number
  /** In how many tests something came about. */
  exercised: Readonly<Record<string, number>>
  /** What was to be true in one case at least. */
  sometimes: Readonly<Record<string, number>>
  /** How many of the tests have passed, by the share of calls that fail. */
  rates: readonly { failRate: number; tests: number; passed: number }[]
}

/** Which runs get a report of their own, and where. */
export interface ReportSettings {
  /** An absolute path. */
  folder: string
  runs: 'failed' | 'all'
}

declare module 'vitest' {
  interface ProvidedContext {
    /** Where reports go, if the reporter wants some. */
    longhaulReport?: ReportSettings
  }
  interface TaskMeta {
    longhaul?: TestSummary
    /** The file of the run's report, from the folder of reports. */
    longhaulReport?: string
    longhaulSweep?: SweepSummary
  }
}
