import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { CASES } from '../prediction/cases.ts'
import { prove } from '../prediction/holds.ts'
import { predictTabled, QUICK, rowOf, rowsIn, TABLED } from '../prediction/models-table.ts'

// `npm run predict:proof` measures the same over 5,000 runs and 1,000 fresh ones, and keeps tighter bounds.
const RUNS = 40
const FRESH = 40
/** So many standard errors away nothing is by chance: with it one of a thousand shares would be. */
const ERRORS = 3.3
const SHARE = 0.9
/** The share of fresh runs within an interval spreads by the luck of the runs that it was told from, and by theirs. */
const SPREAD = ERRORS * Math.sqrt(SHARE * (1 - SHARE) * (1 / (RUNS + 2) + 1 / FRESH))

describe('a prediction holds for runs with fresh seeds', { timeout: 120_000 }, () => {
  test.for(Object.keys(CASES))('%s', async (name) => {
    const { quantities, meanOff, meanOffError } = await prove(name, CASES[name]!.small, { runs: RUNS, fresh: FRESH })
    for (const { quantity, within, inside } of quantities) {
      expect(within, `${quantity}: within its interval`).toBeGreaterThanOrEqual(SHARE - SPREAD)
      expect(inside, `${quantity}: well within its interval`).toBeLessThanOrEqual(SHARE + SPREAD)
    }
    expect(Math.abs(meanOff)).toBeLessThanOrEqual(Math.max(0.01, ERRORS * meanOffError))
  })
})

describe('the table of what patterns cost on five models', () => {
  const rows = rowsIn(readFileSync(resolve(import.meta.dirname, '../../docs/cost-model.md'), 'utf8'))

  test('has every pattern of the plan, and the day of its prices', () => {
    expect(rows.map((row) => row.split(/[ ,|]+/)[1])).toEqual(TABLED)
  })

  test.for(QUICK)('is what npm run cost-model writes: %s', { timeout: 120_000 }, async (name) => {
    expect(rows).toContain(rowOf(name, await predictTabled(name)))
  })
})
