import { relative } from 'node:path'
import type { TestCase } from 'vitest/node'
import type { ReportFile, SweepRow } from '../report/model/data.ts'
import type { TestSummary } from '../report/summary.ts'
import type { SweepSummary } from './meta.ts'

/** A test, and what was summed up of it. */
export interface ToldTest {
  test: TestCase
  summary: TestSummary
}

/** The report of all tests of orchestrations that Vitest has run. */
export function suiteReport(
  told: readonly ToldTest[],
  sweeps: readonly (SweepSummary & { orchestration: string })[],
): ReportFile {
  return {
    kind: 'suite',
    title: 'longhaul: all runs',
    madeAt: new Date().toISOString(),
    tests: told.map(({ test, summary }) => ({
      file: relative(process.cwd(), test.module.moduleId),
      test: test.fullName,
      state: test.result().state,
      orchestration: summary.orchestration,
      seed: String(summary.seed),
      simulatedMs: Math.round(summary.simulatedMs),
      realMs: Math.round(summary.realMs),
      calls: summary.calls,
      failed: summary.failed,
      retries: summary.retries,
      cost: summary.cost,
      checks: [...new Set(summary.violations.map(({ check }) => check))],
      report: test.meta().longhaulReport ?? '',
    })),
    sweeps: sweeps.map(({ orchestration, cases, failed, exercised, sometimes, rates }): SweepRow => ({
      orchestration,
      cases,
      failed,
      exercised,
      sometimes,
      rates: [...rates],
    })),
  }
}
