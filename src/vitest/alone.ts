import { TestRunner, type RunnerTestSuite } from 'vitest'

/**
 * Lets nothing run beside the suite that is about to be described: there is one time in a process, and what runs beside
 * it would be in it. The suites around it are not concurrent then; what else is in them may be.
 *
 * @returns options that keep the tests of the suite apart from one another, whatever the configuration says
 */
export function alone(): { concurrent: false } {
  const { suite: innermost } = TestRunner.getCurrentSuite() as { suite?: RunnerTestSuite }
  for (let suite = innermost; suite; suite = suite.suite) if (suite.concurrent) suite.concurrent = false
  return { concurrent: false }
}
