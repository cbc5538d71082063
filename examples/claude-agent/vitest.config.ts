import { longhaul } from 'longhaul/plugin'
import { defineConfig } from 'vitest/config'

export default defineConfig({ plugins: [longhaul()], test: { testTimeout: 120_000 } })
