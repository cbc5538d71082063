import { describe, expect, test } from 'vitest'
import { FIXTURES, testsOf, vitest, type ReportedTest } from './vitest-child.ts'

const run = (file: string) => vitest(['run', `tests/integration/fixtures/${file}`], { config: FIXTURES })

const REPLAY = /To repeat this test alone:\n {2}(?:LONGHAUL_\w+=\S+ )+npx vitest run (\S+) -t '.+'/g

/** How often a test tells how it is repeated. */
const replays = ({ failureMessages }: ReportedTest): number =>
  failureMessages.flatMap((message) => [...message.matchAll(REPLAY)]).length

const named = (tests: readonly ReportedTest[], title: string): ReportedTest =>
  tests.find((each) => each.title === title)!

describe('whatever a test fails by', { timeout: 120_000 }, () => {
  test('it says what it failed with, and the line that repeats it, once for each try', async () => {
    const { report, output } = await run('failing.fixture.ts')
    const tests = testsOf(report)
    expect(report.numPassedTests).toBe(0)
    expect(tests.length).toBeGreaterThan(35)
    for (const each of tests) {
      expect(each.failureMessages.join('\n'), each.title).toContain(
        each.title === 'an object' ? '{ code: 7 }' : each.title,
      )
      expect(replays(each), each.title).toBe(each.title === 'an error at the second try' ? 2 : 1)
    }
    // What failed softly does not hide what was thrown then, and what is thrown later does not hide the failure.
    expect(named(tests, 'thrown after a soft one').failureMessages).toEqual([
      expect.stringContaining('expected 5 to be 6'),
      expect.stringContaining('thrown after a soft one'),
    ])
    expect(named(tests, 'a failing onTestFailed').failureMessages).toEqual([
      expect.stringContaining('what it failed with'),
      expect.stringContaining('a failing onTestFailed'),
    ])
    // What runs out of time tells where it stood.
    expect(named(tests, 'Hook timed out in 100ms').failureMessages[0]).toContain('\n\nThe clock is at ')
    // Nothing of ours stands among the failures, and nothing is left over for the end of the run.
    expect(output).not.toMatch(/Cannot annotate|Unhandled|longhaul could not/)
    expect(output.match(/The trace of the run/g)!.length).toBeGreaterThanOrEqual(tests.length)
  })

  test('a failure that is no matcher of ours shows what the run looked like', async () => {
    const { report } = await vitest(
      ['run', 'tests/integration/fixtures/failing.fixture.ts', '-t', 'expected 1 to be 2'],
      {
        config: FIXTURES,
      },
    )
    const [{ failureMessages }] = testsOf(report).filter(({ status }) => status === 'failed') as [ReportedTest]
    expect(failureMessages[0]).toMatch(/expected 1 to be 2.*\n\nTrace from 0ms to 10s:\n .*ann {2}call 1 gpt-4o-mini/)
  })

  test('in a sweep it is made smaller by the same failure', async () => {
    const { report } = await run('failing-swept.fixture.ts')
    const tests = testsOf(report).filter(({ title }) => title !== 'coverage of the cases')
    expect(tests.length).toBeGreaterThan(30)
    for (const each of tests) {
      expect(each.status, each.title).toBe('failed')
      const text = each.failureMessages.join('\n')
      expect(text, each.title).toContain(each.title === 'an object' ? '{ code: 7 }' : each.title)
      expect(text, each.title).toMatch(
        /The failure above is of the smallest case that fails in this way, after 2 runs: seed 1\n {2}every answer takes 1s\n {2}no call fails\n/,
      )
      expect(replays(each), each.title).toBe(each.title === 'an error at the second try' ? 2 : 1)
    }
  })
})
