import { defineConfig } from 'vitest/config'
import { longhaul } from 'longhaul/plugin'

const shard = process.env.LONGHAUL_SWEEP?.split('/')[0] ?? 'all'

export default defineConfig({
  plugins: [longhaul()],
  test: {
    include: ['team.sweep.test.ts'],
    testTimeout: 60_000,
    reporters: ['default', ['longhaul/reporter', { outputFile: `sweep-${shard}.json` }]],
  },
})
