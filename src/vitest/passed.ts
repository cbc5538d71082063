import type { RunnerTestCase } from 'vitest'

/**
 * Puts what Vitest tells of a test that has passed, and will not be run again, in the place of the test. By the test itself
 * Vitest keeps its function, and with it its context, its `expect`, a stack, and what its suite was collected with: some
 * 14 KB, which many cases of a sweep would have until the end of the file.
 */
export function putSummaryInPlaceOf(test: RunnerTestCase): void {
  const { tasks } = test.suite ?? test.file
  const at = tasks.indexOf(test)
  if (at < 0) return
  const summary = { ...test }
  Object.defineProperty(summary, 'context', { value: { task: summary }, writable: true })
  tasks[at] = summary
}
