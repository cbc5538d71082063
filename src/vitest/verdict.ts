import type { RunnerTestCase } from 'vitest'
import { errorsSince, replaceErrors } from './task-errors.ts'

/** How a try of a test has ended, all hooks and assertions included. */
export type Verdict =
  | { kind: 'passed' }
  | { kind: 'skipped' }
  /** `errors` are as Vitest writes them down. */
  | { kind: 'failed'; errors: readonly unknown[] }

/** A try of a test whose errors are told apart from those of earlier tries. */
interface Try {
  task: RunnerTestCase
  errorsBefore: number
}

/** What Vitest writes down of a test that skips itself. */
type Result = NonNullable<RunnerTestCase['result']> & { pending?: boolean; note?: string }

/** Tests that were declared by `test.fails`: the mark is taken off where they do not fail, as then they have. */
const expected = new WeakSet<RunnerTestCase>()

/** A try of a test begins. */
export function expectFailure(task: RunnerTestCase): void {
  if (task.fails) expected.add(task)
  else if (expected.has(task)) task.fails = true
}

/** Vitest's own mark of a mistake in how a test is written, such as a snapshot in one that is to fail. */
const isMistake = (error: unknown): boolean =>
  (error as { __vitest_test_syntax_error__?: boolean } | undefined)?.__vitest_test_syntax_error__ === true

/**
 * How a try has ended. What Vitest does not know of is added to what it knows.
 *
 * @param more errors that nobody has told Vitest of, written down
 */
export function verdictOf(of: Try, more: readonly unknown[]): Verdict {
  const { task, errorsBefore } = of
  const result: Result | undefined = task.result
  if (result?.pending || result?.state === 'skip') return { kind: 'skipped' }
  const errors = [...errorsSince(task, errorsBefore), ...more]
  const hasFailed = result?.state === 'fail' || errors.length > 0
  if (expected.has(task) && !errors.some(isMistake)) {
    if (!hasFailed) return { kind: 'failed', errors: [{ name: 'Error', message: 'Expect test to fail' }] }
    return { kind: 'passed' }
  }
  if (!hasFailed) return { kind: 'passed' }
  return {
    kind: 'failed',
    errors: errors.length > 0 ? errors : [{ name: 'Error', message: 'The test failed, and Vitest does not say why.' }],
  }
}

/** Lets a try have failed with these errors; one that is expected to fail, has passed by that. */
export function fail({ task, errorsBefore }: Try, errors: readonly unknown[]): void {
  const result: Result | undefined = task.result
  if (!result) return
  result.state = 'fail'
  delete result.pending
  delete result.note
  replaceErrors(task, errorsBefore, errors)
}

/** Lets a try have failed with these errors, whatever it was expected to do. */
export function writeFailure(of: Try, errors: readonly unknown[]): void {
  of.task.fails = false
  fail(of, errors)
}

/** Whether the run of all tests was broken off. */
export const isAborted = ({ context: { signal } }: RunnerTestCase): boolean =>
  signal.aborted && (signal.reason as Error | undefined)?.name === 'TestRunAbortError'
