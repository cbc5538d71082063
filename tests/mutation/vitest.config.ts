import { defineConfig } from 'vitest/config'
import base from '../../vitest.config.ts'

/** The tests that a slice's mutants are held against; `mutation.ts` names them. */
const include = JSON.parse(process.env['LONGHAUL_MUTATION_TESTS'] ?? '[]') as string[]

export default defineConfig({ ...base, test: { ...base.test, include } })
