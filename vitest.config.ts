import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const src = (file: string) => fileURLToPath(new URL(`src/${file}`, import.meta.url))

export default defineConfig({
  resolve: {
    alias: [
      { find: /^longhaul$/, replacement: src('index.ts') },
      { find: /^longhaul\/(msw|nock)$/, replacement: src('mount/$1.ts') },
      { find: /^longhaul\/otel$/, replacement: src('telemetry/otel.ts') },
      { find: /^longhaul\/(plugin|reporter)$/, replacement: src('vitest/$1.ts') },
    ],
  },
  test: {
    // Machines are slow and busy; what is meant to end sooner says so itself.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    setupFiles: [src('vitest/setup.ts')],
    projects: [
      // What a room does by itself needs no process of its own a file.
      { extends: true, test: { name: 'rooms', include: ['tests/unit/**/*.test.ts'], isolate: false } },
      {
        extends: true,
        test: {
          name: 'whole',
          include: ['tests/**/*.test.ts', 'examples/patterns/*.test.ts'],
          exclude: ['tests/unit/**', 'tests/package/fixture/**'],
        },
      },
    ],
  },
})
