import { defineConfig } from 'vitest/config'
import base from './vitest.config.ts'

/** Files of tests that start other processes, or take longer than ten seconds: what runs elsewhere covers no line here. */
const SLOW = [
  'another-process',
  'attack',
  'cli',
  'clock-io',
  'crash',
  'daemon*',
  'daemon/*',
  'ends-with-the-worker',
  'ksi-clients',
  'prediction',
  'programs',
  'refusals',
  'report',
  'reporter',
  'resilience',
  'sweep',
  'test-apis',
  'ui',
  'ways-to-fail',
]

/** `npm run coverage`: what the unit tests and the quick integration tests do not reach, told by file. */
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    projects: undefined,
    include: ['tests/unit/**/*.test.ts', 'tests/integration/**/*.test.ts'],
    exclude: SLOW.map((name) => `tests/integration/${name}.test.ts`),
    coverage: {
      enabled: true,
      provider: 'v8',
      include: ['src/**/*.ts'],
      exclude: ['src/report/page/**', 'src/orchestrations/**'],
      reportsDirectory: 'coverage/lines',
      // A red test does not keep its lines from being counted.
      reportOnFailure: true,
      reporter: [['text', { skipFull: true, maxCols: 160 }], 'html', 'json-summary'],
    },
  },
})
