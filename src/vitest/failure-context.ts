import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import type { RunnerTestCase, TestContext } from 'vitest'
import type { Violation } from '../checks/index.ts'
import type { CaseRun } from '../explore/index.ts'
import { timeline } from '../report/timeline.ts'
import type { Trace } from '../trace/index.ts'
import type { Attempt } from './attempt.ts'
import { messageOf, withTextsBelow } from './task-errors.ts'

/** Lines of the chart below a failure that is not about time itself. */
const MAX_BARS = 8
/** Longer traces are not attached to reports. */
const MAX_ATTACHED = 20_000

/** What Vitest says of a hook or a test that took too long. */
const TIMED_OUT = /\btimed out (?:in|after) \d+ms/

/**
 * What is told below the errors of a test, but how it is repeated: what may be why, and where time stood if it ran out.
 */
export function failureContext(
  { hints, standing }: Pick<Attempt<unknown>, 'hints' | 'standing'>,
  errors: readonly unknown[],
): string[] {
  return [hints, errors.some((error) => TIMED_OUT.test(messageOf(error))) ? standing : ''].filter((text) => text !== '')
}

/** How a case went, as a test of it has ended: its errors with what may explain them. */
export const runOf = (attempt: Attempt<unknown>, errors: readonly unknown[]): CaseRun => ({
  errors: withTextsBelow(errors, failureContext(attempt, errors)),
  trace: attempt.session.trace,
  epoch: attempt.session.clock.epoch,
})

/** A small chart of the run, unless a matcher of ours has shown one, or that there is none. */
export function chart(trace: Trace, errors: readonly unknown[], violations: readonly Violation[] = []): string[] {
  const messages = errors.map(messageOf)
  if (messages.some((message) => /^(?:Trace from |No call reached the provider\b)/m.test(message))) return []
  return [timeline(trace, MAX_BARS, messages.join('\n'), violations)]
}

/** Where the report of a run is, if there is one. */
export const reportText = (report: string | undefined): string[] =>
  report === undefined ? [] : [`To see the run, open ${report}`]

/** Adds to the report of a test that has failed: to Vitest it has ended, although its hooks have not. */
function annotateLate(
  task: RunnerTestCase,
  ...given: Parameters<TestContext['annotate']>
): ReturnType<TestContext['annotate']> {
  const { result, context } = task
  const { state } = result!
  result!.state = 'run'
  try {
    return context.annotate(...given)
  } finally {
    result!.state = state
  }
}

/** Says beside a test that failed where its report is, also as readers of JUnit files find it. */
export async function annotateReport(task: RunnerTestCase, report: string): Promise<void> {
  await annotateLate(task, `The report of the run: ${report}`)
  await annotateLate(task, `[[ATTACHMENT|${report}]]`)
}

/** Puts the trace of a test that failed beside its report. */
export async function attachTrace(trace: Trace, task: RunnerTestCase): Promise<void> {
  if (trace.length > MAX_ATTACHED) return
  // Vitest copies the file to its attachments.
  const folder = mkdtempSync(join(tmpdir(), 'longhaul-trace-'))
  try {
    const path = join(folder, 'trace.ndjson')
    trace.write(path)
    const { attachment } = await annotateLate(task, 'The trace of the run', {
      path,
      contentType: 'application/x-ndjson',
    })
    // How readers of JUnit files find attachments.
    if (attachment?.path !== undefined)
      await annotateLate(task, `[[ATTACHMENT|${relative(process.cwd(), attachment.path)}]]`)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
