import { Stryker } from '@stryker-mutator/core'
import { ROOMS, slicesOf } from './slices.ts'

const USAGE = `npm run mutation -- <room> [<slice> | <path>] [--incremental] [--constants]

Changes the source of a room in small ways, one at a time, and tells which changes no test notices: all of the room,
one slice of it, which takes at most 20 minutes on two cores, or its files with a part in their path, such as breaker/.
--incremental runs again only what survived, and what has changed since the last time.
--constants changes constants too in a room of several slices, which takes three times as long.

Rooms: ${Object.keys(ROOMS)
  .map((room) => `${room} (${slicesOf(room).length})`)
  .join(', ')}.`

/** Tells by mutants how much the tests notice. Ends with exit code 1 where that is less than 80 %. */
async function mutate(
  files: readonly string[],
  options: { name: string; tests: readonly string[]; incremental: boolean; constants: boolean },
): Promise<void> {
  const { name, tests, incremental, constants } = options
  const report = `coverage/mutation/${name}`
  // Read by the configuration of Vitest, which Stryker loads in a process of its own.
  process.env['LONGHAUL_MUTATION_TESTS'] = JSON.stringify(tests)
  await new Stryker({
    mutate: [...files],
    testRunner: 'vitest',
    plugins: ['@stryker-mutator/vitest-runner'],
    vitest: { configFile: 'tests/mutation/vitest.config.ts', related: false },
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
    clearTextReporter: { logTests: false, reportTests: false, skipFull: true },
    htmlReporter: { fileName: `${report}.html` },
    jsonReporter: { fileName: `${report}.json` },
    thresholds: { high: 90, low: 80, break: 80 },
  }).runMutationTest()
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

const FLAGS = ['--incremental', '--constants']
const given = process.argv.slice(2)
const [room = '', slice] = given.filter((word) => !word.startsWith('--'))
const flags = given.filter((word) => word.startsWith('--'))
const tests = ROOMS[room]
const chosen = tests ? chosenOf(room, slice) : []
if (!tests || chosen.length === 0 || flags.some((flag) => !FLAGS.includes(flag))) {
  console.error(USAGE)
  process.exitCode = 2
} else
  for (const { name, files } of chosen)
    await mutate(files, {
      name,
      tests,
      incremental: flags.includes('--incremental'),
      constants: slicesOf(room).length === 1 || flags.includes('--constants'),
    })
