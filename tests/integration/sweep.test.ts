import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { testsOf, vitest as runVitest } from './vitest-child.ts'

const folder = mkdtempSync(join(tmpdir(), 'longhaul-sweep-'))
afterAll(() => rmSync(folder, { recursive: true }))

const vitest = (given: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  runVitest(given, { env, config: 'vitest.sweep.config.ts' })

const FILE = 'tests/gallery/bad/lost-vote.sweep.ts'

describe('a sweep', { timeout: 120_000 }, () => {
  test('is ordinary tests, of which those that fail tell the smallest case and the line that repeats it', async () => {
    const { report, output } = await vitest(['run', FILE], { LONGHAUL_GALLERY: folder })
    // What a reporter for people prints, too: it goes by the tries of a test.
    expect(output).toMatch(
      /FAIL .* every round is decided[^]*The failure above is of the smallest case that fails in this way, after \d+ runs/,
    )
    const failed = testsOf(report).filter(({ status }) => status === 'failed')
    expect(report.numPassedTests + report.numFailedTests).toBe(21)
    expect(failed.length).toBeGreaterThan(2)
    const [{ fullName, failureMessages }] = failed as [(typeof failed)[number]]
    expect(fullName).toMatch(/^votes seed \d+, fail rate 0.25 every round is decided$/)
    expect(failureMessages[0]).toMatch(
      /The failure above is of the smallest case that fails in this way, after \d+ runs: seed \d+\n {2}agents: \w+\n {2}rounds: 2\n {2}every answer takes 1s\n {2}2 call\(s\) fail:\n {4}(\w+), call 1: \w+\n {4}\1, call 2: \w+\nTrace from 0ms/,
    )

    // What was never so fails the last test.
    expect(testsOf(report).at(-1)!.failureMessages[0]).toMatch(
      /These conditions never held in 20 tests: an agent is never asked\./,
    )

    // The line repeats it: one test, with the same failure.
    const [, id, file, name] = /LONGHAUL_REPLAY=(\S+) npx vitest run (\S+) -t '([^']+)'/.exec(failureMessages[0]!)!
    const again = await vitest(['run', file!, '-t', name!], { LONGHAUL_REPLAY: id!, LONGHAUL_GALLERY: folder })
    const repeated = testsOf(again.report).filter(({ status }) => status === 'failed')
    expect(repeated.map((each) => each.fullName)).toEqual(['votes replay every round is decided'])
    // Word for word: the sweep tells what the smallest case fails with, not the case of all eight rounds.
    for (const [message] of [failureMessages, repeated[0]!.failureMessages])
      expect(message).toContain('rounds without a decision: expected 1 to be 2')

    // The folder of regressions is there: the smallest cases are kept in it, and run first.
    const kept = readdirSync(folder).filter((each) => each.startsWith('votes-'))
    expect(kept.length).toBeGreaterThan(0)
    const next = await vitest(['run', FILE], { LONGHAUL_GALLERY: folder, LONGHAUL_SEEDS: '1', LONGHAUL_FAIL_RATE: '0' })
    expect(testsOf(next.report).map((each) => `${each.status} ${each.fullName}`)).toEqual([
      ...kept.map((each) => `failed votes regression ${each.replace('.json', '')} every round is decided`),
      'passed votes seed 1, fail rate 0 every round is decided',
      expect.stringMatching(/^failed votes coverage of the cases$/) as string,
    ])
  })

  test('a part of it runs on one machine', async () => {
    const parts = await Promise.all(
      ['1/2', '2/2'].map((part) => vitest(['run', FILE, '-t', 'every round'], { LONGHAUL_SWEEP: part })),
    )
    const names = parts.map(({ report }) =>
      testsOf(report).flatMap(({ fullName, status }) => (status === 'skipped' ? [] : [fullName])),
    )
    expect(names.map((all) => all.length)).toEqual([10, 10])
    expect(new Set(names.flat()).size).toBe(20)
  })

  test('two shards are merged into one report', async () => {
    const blobs = join(folder, 'blobs')
    for (const shard of ['1/2', '2/2'])
      await vitest(
        [
          'run',
          'tests/sweep',
          `--shard=${shard}`,
          '--reporter=blob',
          `--outputFile.blob=${join(blobs, `${shard[0]}.json`)}`,
        ],
        {
          LONGHAUL_SEEDS: '2',
        },
      )
    const { report } = await vitest([`--merge-reports=${blobs}`])
    expect(report.numFailedTests).toBe(0)
    const files = new Set(report.testResults.map((each) => each.name))
    expect(files.size).toBeGreaterThan(2)
    expect(testsOf(report).filter(({ fullName }) => /seed [12]\b/.test(fullName)).length).toBeGreaterThan(10)
  })
})
