import { defineConfig } from 'vitest/config'
import base from './vitest.config.ts'

/** Sweeps: long ones, which `npm test` leaves out. */
export default defineConfig({
  ...base,
  test: { ...base.test, projects: undefined, include: ['tests/**/*.sweep.ts'], exclude: [] },
})
