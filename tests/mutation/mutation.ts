import { Stryker } from '@stryker-mutator/core'
import { parseArgs } from 'node:util'
import { ROOMS, slicesOf } from './slices.ts'

const USAGE = `npm run mutation -- <room> [<slice> | <path>] [--sample <nth>/<of>] [--incremental] [--constants]

Changes the source of a room in small ways, one at a time, and tells which changes no test notices: all of the room,
one slice of it, which takes at most 20 minutes on two cores, or its files with a part in their path, such as breaker/.
--sample 1/5 tries one change of five, chosen by chance but always the same ones, and estimates the share that is
detected; 2/5 tries the next fifth.
--incremental runs again only what survived, and what has changed since the last time.
--constants changes constants too in a room of several slices, which takes three times as long.

Rooms: ${Object.keys(ROOMS)
  .map((room) => `${room} (${slicesOf(room).length})`)
  .join(', ')}.`

type MutantResult = Awaited<ReturnType<Stryker['runMutationTest']>>[number]

const MIN_PERCENT = 80

/** Tells by mutants how much the tests notice. Ends with exit code 1 where that is less than 80 %. */
async function mutate(
  files: readonly string[],
  options: {
    name: string
    tests: readonly string[]
    sample: string | undefined
    incremental: boolean
    constants: boolean
  },
): Promise<void> {
  const { name, tests, sample, incremental, constants } = options
  const report = `coverage/mutation/${name}`
  // Read by the configuration of Vitest, which Stryker loads in a process of its own.
  process.env['LONGHAUL_MUTATION_TESTS'] = JSON.stringify(tests)
  // Read by the plugin, in a process of its own too.
  if (sample !== undefined) process.env['LONGHAUL_MUTATION_SAMPLE'] = sample
  const results = await new Stryker({
    mutate: [...files],
    testRunner: 'vitest',
    plugins: ['@stryker-mutator/vitest-runner', './tests/mutation/sample.ts'],
    checkers: sample === undefined ? [] : ['sample'],
    // A process tells what its threads do in its main thread alone: a worker would skip those tests.
    vitest: { configFile: 'tests/mutation/vitest.config.ts', related: false, pool: 'forks' },
    coverageAnalysis: 'perTest',
    // All tests of the room are held against a change of a constant: in large rooms that takes most of the time.
    ignoreStatic: !constants,
    concurrency: 1,
    // Beside other people's work, the first run of all tests of a room may take long.
    dryRunTimeoutMinutes: 15,
    incremental,
    incrementalFile: `${report}.incremental.json`,
    tempDirName: '.vitest/mutation',
    ignorePatterns: ['/bench', '/dist', '/coverage', '/.longhaul', '/.trace', '/.vitest'],
    // Stryker reads a tsconfig by the API of TypeScript 5, which TypeScript 7 does not have. Vitest needs none here.
    tsconfigFile: 'none',
    reporters: ['progress-append-only', 'clear-text', 'html', 'json'],
    clearTextReporter: { logTests: false, reportTests: false, skipFull: true, reportScoreTable: sample === undefined },
    htmlReporter: { fileName: `${report}.html` },
    jsonReporter: { fileName: `${report}.json` },
    thresholds: { high: 90, low: 80, break: sample === undefined ? MIN_PERCENT : null },
  }).runMutationTest()
  if (sample !== undefined) tellEstimate(name, results)
}

/**
 * Tells which share of all changes the tests detect, as far as the sample shows. Stryker counts all changes in code that no
 * test runs, in the sample or not.
 */
function tellEstimate(name: string, results: readonly MutantResult[]): void {
  const count = (...statuses: MutantResult['status'][]) =>
    results.filter(({ status }) => statuses.includes(status)).length
  const detected = count('Killed', 'Timeout')
  const tried = detected + count('Survived')
  const covered = tried + count('CompileError')
  const share = covered / (covered + count('NoCoverage'))
  const estimate = (100 * share * detected) / tried
  // Of a sample without replacement: the larger the sample, the smaller the error.
  const error = 196 * share * Math.sqrt(((detected / tried) * (1 - detected / tried) * (1 - tried / covered)) / tried)
  console.log(
    `${name}: about ${estimate.toFixed(1)} % ± ${error.toFixed(1)} of ${covered + count('NoCoverage')} changes are detected (95 % confidence): ${detected} of the ${tried} tried; no test runs the code of ${count('NoCoverage')}.`,
  )
  if (estimate < MIN_PERCENT) process.exitCode = 1
}

/** Files that are tried together, and what their report is called. */
interface Chosen {
  name: string
  files: readonly string[]
}

/** What a user asks for: all slices of a room, the one with a number, or the files with a part in their path. */
function chosenOf(room: string, wanted: string | undefined): Chosen[] {
  const slices = slicesOf(room)
  const named = slices.map((files, nth) => ({ name: slices.length === 1 ? room : `${room}-${nth + 1}`, files }))
  if (wanted === undefined) return named
  if (/^\d+$/.test(wanted)) return named.slice(Number(wanted) - 1, Number(wanted))
  const files = slices.flat().filter((file) => file.slice(`src/${room}/`.length).includes(wanted))
  return files.length === 0 ? [] : [{ name: `${room}-${wanted.replaceAll(/\W+/g, '-')}`, files }]
}

/** All files of a room at once. */
const whole = (room: string): Chosen => ({ name: room, files: slicesOf(room).flat() })

/** The words of a command line, without the value of an option. */
const parsed = (() => {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { sample: { type: 'string' }, incremental: { type: 'boolean' }, constants: { type: 'boolean' } },
    })
  } catch {
    return undefined
  }
})()
const { sample, incremental = false, constants = false } = parsed?.values ?? {}
const [room = '', slice] = parsed?.positionals ?? []
const tests = ROOMS[room]
const chosen = tests ? chosenOf(room, slice) : []
if (!tests || chosen.length === 0 || (sample !== undefined && !/^[1-9]\d*\/[1-9]\d*$/.test(sample))) {
  console.error(USAGE)
  process.exitCode = 2
} else
  for (const { name, files } of sample !== undefined && slice === undefined ? [whole(room)] : chosen)
    await mutate(files, {
      name: sample === undefined ? name : `${name}-sample-${sample.replace('/', '-of-')}`,
      tests,
      sample,
      incremental,
      constants: slicesOf(room).length === 1 || constants,
    })
