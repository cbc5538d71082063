import { describe, expect, test } from 'vitest'
import { FIXTURES, testsOf, vitest } from './vitest-child.ts'

const run = (file: string, more: readonly string[] = [], env: Record<string, string> = {}) =>
  vitest(['run', `tests/integration/fixtures/${file}`, ...more], { config: FIXTURES, env })

describe('what cannot be', { timeout: 120_000 }, () => {
  test('a test that begins under fake timers, under a fake date or with settings that make no sense says so', async () => {
    const { report } = await run('refusals.fixture.ts')
    expect(testsOf(report).map(({ failureMessages }) => failureMessages)).toEqual([
      [],
      [expect.stringContaining('Fake timers (vi.useFakeTimers) are in force at the start of the test')],
      [expect.stringContaining('A fake date (vi.setSystemTime) is in force at the start of the test')],
      [expect.stringMatching(/provider\.failRate is 7.*To repeat this test alone/s)],
    ])
  })

  test.for(['vmThreads', 'vmForks'])('the pool %s is named as soon as a suite begins', async (pool) => {
    const { report, output } = await run('refusals.fixture.ts', [`--pool=${pool}`])
    expect(report.numPassedTests).toBe(0)
    expect(testsOf(report).map(({ status }) => status)).toEqual(['skipped', 'skipped', 'skipped', 'skipped'])
    expect(output).toContain(`UnsupportedPoolError: Vitest runs this file in the pool "${pool}".`)
    expect(output).toContain('--pool=forks')
  })

  test('in real time any pool will do', async () => {
    const { report } = await run('refusals.fixture.ts', ['--pool=vmThreads', '-t', 'in its own time'], {
      LONGHAUL_TIME: 'real',
    })
    expect(report.numPassedTests).toBe(1)
  })
})

describe('tests of an orchestration have a time of their own', { timeout: 120_000 }, () => {
  test.for([
    ['virtual', 'one after another'],
    ['virtual', 'with sequence.concurrent'],
    ['real', 'one after another'],
    ['real', 'with sequence.concurrent'],
  ] as const)('in %s time, %s, whatever runs beside them', async ([time, sequence]) => {
    const more = sequence === 'with sequence.concurrent' ? ['--sequence.concurrent'] : []
    const { report } = await run('plain-neighbours.fixture.ts', more, { LONGHAUL_TIME: time })
    expect(testsOf(report).filter(({ status }) => status !== 'passed')).toEqual([])
    expect(report.numPassedTests).toBe(22)
  })
})
