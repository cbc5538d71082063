import { Stryker } from '@stryker-mutator/core'
import { SLICES, slicesOf } from './slices.ts'

const USAGE = `npm run mutation -- <room | slice> [--incremental]

Changes the source in small ways, one at a time, and tells which changes no test notices.
--incremental runs again only what survived, and what has changed since the last time.

Slices: ${Object.keys(SLICES).join(', ')}.`

/** Tells by mutants how much the tests of one slice notice. Ends with exit code 1 where that is less than 80 %. */
async function mutate(name: string, incremental: boolean): Promise<void> {
  const { mutate, tests } = SLICES[name]!
  const report = `coverage/mutation/${name.replaceAll('/', '-')}`
  // Read by the configuration of Vitest, which Stryker loads in a process of its own.
  process.env['LONGHAUL_MUTATION_TESTS'] = JSON.stringify(tests)
  await new Stryker({
    mutate: [...mutate],
    testRunner: 'vitest',
    plugins: ['@stryker-mutator/vitest-runner'],
    vitest: { configFile: 'tests/mutation/vitest.config.ts', related: false },
    coverageAnalysis: 'perTest',
    concurrency: 1,
    incremental,
    incrementalFile: `${report}.incremental.json`,
    tempDirName: '.vitest/mutation',
    ignorePatterns: ['/bench', '/docs', '/dist', '/coverage', '/.longhaul', '/.trace', '/.vitest'],
    // Stryker reads a tsconfig by the API of TypeScript 5, which TypeScript 7 does not have. Vitest needs none here.
    tsconfigFile: 'none',
    reporters: ['clear-text', 'html', 'json'],
    clearTextReporter: { logTests: false, reportTests: false, skipFull: true },
    htmlReporter: { fileName: `${report}.html` },
    jsonReporter: { fileName: `${report}.json` },
    thresholds: { high: 90, low: 80, break: 80 },
  }).runMutationTest()
}

const [room, ...flags] = process.argv.slice(2)
const names = room === undefined ? [] : slicesOf(room)
if (names.length === 0 || flags.some((flag) => flag !== '--incremental')) {
  console.error(USAGE)
  process.exitCode = 2
} else for (const name of names) await mutate(name, flags.includes('--incremental'))
