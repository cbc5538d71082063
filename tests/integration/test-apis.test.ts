import { expect, test } from 'vitest'
import { FIXTURES, testsOf, vitest } from './vitest-child.ts'

test('however a test is declared, it is supervised, checked, and told with the line that repeats it', async () => {
  const { report } = await vitest(['run', 'tests/integration/fixtures/test-apis.fixture.ts'], { config: FIXTURES })
  const tests = testsOf(report)
  expect(tests.length).toBeGreaterThan(30)
  for (const { title, status, failureMessages } of tests) {
    expect(status, title).toBe('failed')
    expect(failureMessages[0], title).toMatch(
      title.endsWith('stuck') ? /^DeadlockError: Deadlock at/ : /^InvariantError: orphans/,
    )
    expect(failureMessages.join('\n').match(/Seed 1\. To repeat this test alone/g), title).toHaveLength(1)
  }
}, 120_000)
