import { longhaul } from 'longhaul/plugin'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  plugins: [longhaul()],
  test: {
    testTimeout: 30_000,
    env: { AWS_REGION: 'us-west-2', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
  },
})
