import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const src = (file: string) => fileURLToPath(new URL(`src/${file}`, import.meta.url))

/** Rooms that touch nothing of the process: their tests need no process of their own a file. */
const PURE = '{checks,explore,money,options,orchestrator,pattern,provider,random,strategy,trace,wire}'

export default defineConfig({
  resolve: {
    alias: [
      { find: /^longhaul$/, replacement: src('index.ts') },
      { find: /^longhaul\/(daemon|games|orchestrator|pattern)$/, replacement: src('entry/$1.ts') },
      { find: /^longhaul\/(msw|nock)$/, replacement: src('mount/$1.ts') },
      { find: /^longhaul\/otel$/, replacement: src('telemetry/otel.ts') },
      { find: /^longhaul\/(plugin|reporter)$/, replacement: src('vitest/$1.ts') },
    ],
  },
  test: {
    // Machines are slow and busy; what is meant to end sooner says so itself.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // Vitest leaves one core of two idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    setupFiles: [src('vitest/setup.ts')],
    projects: [
      {
        extends: true,
        test: { name: 'pure', include: [`tests/unit/${PURE}/**/*.test.ts`], isolate: false },
      },
      {
        extends: true,
        test: {
          name: 'whole',
          include: ['tests/**/*.test.ts', 'examples/patterns/*.test.ts'],
          exclude: [`tests/unit/${PURE}/**`, 'tests/package/afternoon/*.test.ts'],
        },
      },
    ],
  },
})
