import { defineConfig } from 'vitest/config'
import { longhaul } from 'longhaul/plugin'

export default defineConfig({
  plugins: [longhaul()],
  test: { include: ['team.test.ts'], testTimeout: 60_000, reporters: ['default', 'longhaul/reporter'] },
})
