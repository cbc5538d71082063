import { expect, test } from 'vitest'
import { testsOf, vitest } from './vitest-child.ts'

test('a pattern is found from the root of Vitest, wherever that was started', { timeout: 60_000 }, async () => {
  const rooted = 'tests/integration/fixtures/rooted'
  const { report, output } = await vitest(['run', '--root', rooted], { config: 'vitest.config.ts' })
  expect(
    testsOf(report).map(({ status }) => status),
    output,
  ).toEqual(['passed', 'passed'])
})
