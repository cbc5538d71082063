import { defineConfig } from 'vitest/config'
import base from '../../vitest.config.ts'

/** The tests that a slice's mutants are held against, as `mutation.ts` names them; `!` before those to leave out. */
const tests = JSON.parse(process.env['LONGHAUL_MUTATION_TESTS'] ?? '[]') as string[]

export default defineConfig({
  ...base,
  test: {
    ...base.test,
    projects: undefined,
    // Files of tests share a worker: to start one for each takes longer than most tests. Each change has its own.
    isolate: false,
    // A source with all its changes in it runs slowly. Stryker ends what hangs.
    testTimeout: 600_000,
    include: tests.filter((path) => !path.startsWith('!')),
    exclude: tests.flatMap((path) => (path.startsWith('!') ? [path.slice(1)] : [])),
  },
})
