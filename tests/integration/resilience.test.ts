import { describe, expect, test } from 'vitest'
import { MEASURES } from '../resilience/figures.ts'

/** `npm run resilience` measures the same over 200 seeds. */
const SEEDS = 3

describe('the resilience of the orchestrator keeps its bounds', { timeout: 120_000 }, () => {
  test.for(Object.keys(MEASURES))('%s', async (name) => {
    for (const { what, wanted, measured, holds } of await MEASURES[name]!(SEEDS))
      expect(holds, `${what}: wanted ${wanted}, measured ${measured}`).toBe(true)
  })
})
