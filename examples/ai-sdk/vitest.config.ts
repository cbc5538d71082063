import { longhaul } from 'longhaul/plugin'
import { defineConfig } from 'vitest/config'

export default defineConfig({ plugins: [longhaul()], test: { testTimeout: 30_000, env: { OPENAI_API_KEY: 'test' } } })
