import { TestRunner } from 'vitest'

/** Pools that run each file in a context of its own within Node. */
const CONTEXTS: ReadonlySet<string> = new Set(['vmThreads', 'vmForks'])

/** Thrown when a test of an orchestration runs in a Vitest pool in which longhaul cannot control time. */
export class UnsupportedPoolError extends Error {
  override readonly name = 'UnsupportedPoolError'
  readonly code = 'LONGHAUL_UNSUPPORTED_POOL'
  constructor(pool: string) {
    super(
      `Vitest runs this file in the pool "${pool}". There, imports from node:timers, node:crypto and similar modules stay real, ` +
        `so longhaul can simulate neither time nor randomness. Run tests of orchestrations in the pool "forks" or "threads": ` +
        `test: { pool: 'forks' } in the configuration, or --pool=forks. If other tests need "${pool}", put the two kinds into separate projects.`,
    )
  }
}

/** The pool in which the suite that is being described will run, if it is one that cannot be used. */
export function unsupportedPool(): string | undefined {
  const { pool } = TestRunner.getCurrentSuite().file
  return pool !== undefined && CONTEXTS.has(pool) ? pool : undefined
}
