import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { METRICS } from '../results/metrics.ts'
import { resultsPage, nameOf, type Results } from '../results/page.ts'
import { PHASES } from '../results/phases.ts'
import { see } from '../results/seen.ts'
import { summed } from '../results/summary.ts'

const root = resolve(import.meta.dirname, '../..')
const kept = JSON.parse(readFileSync(join(root, 'tests/results/results.json'), 'utf8')) as Results
const page = readFileSync(join(root, 'docs/results.md'), 'utf8')
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

describe('the results of the test plan are those that its phases give', () => {
  test('the page is made of what was measured', async () => {
    expect(kept.phases.map(nameOf)).toEqual(PHASES.map(nameOf))
    expect(page).toBe(await resultsPage(kept))
  })

  test('every success metric of the plan keeps its bound', () => {
    const rows = Object.values(METRICS).flat()
    expect(rows).toHaveLength(16)
    for (const { name } of rows) expect(page).toContain(name)
    expect(page).not.toContain('DOES NOT HOLD')
  })

  test.for(PHASES.map((phase, nth) => ({ name: nameOf(phase), phase, nth })))(
    'another run gives the same: $name',
    { timeout: 120_000 },
    async ({ phase, nth }) => {
      const { first, all } = kept.phases[nth]!
      const seen = [await see(phase, 1)]
      expect(plain(seen[0])).toEqual(first)
      if (!phase.isQuick) return
      for (let seed = 2; seed <= all.runs; seed++) seen.push(await see(phase, seed))
      expect(plain(summed(seen))).toEqual(all)
    },
  )
})
