import { defineConfig } from 'vitest/config'
import base from '../../vitest.config.ts'

/** The tests that a slice's mutants are held against, as `mutation.ts` names them; `!` before those to leave out. */
const tests = JSON.parse(process.env['LONGHAUL_MUTATION_TESTS'] ?? '[]') as string[]

export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: tests.filter((path) => !path.startsWith('!')),
    exclude: tests.flatMap((path) => (path.startsWith('!') ? [path.slice(1)] : [])),
  },
})
