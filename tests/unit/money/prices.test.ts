import { expect, test } from 'vitest'
import { costOf } from '../../../src/money/prices.ts'

const usage = { input: 1_000, cachedInput: 200, cacheWrite: 300, output: 10 }

test('what has no price of its own costs what plain input costs', () => {
  expect(costOf(usage, { input: 3, output: 15 })).toBe(1_000 * 3_000_000 + 10 * 15_000_000)
})

test('each part has its own price', () => {
  expect(costOf(usage, { input: 3, cachedInput: 0.3, cacheWrite: 3.75, output: 15 })).toBe(
    500 * 3_000_000 + 200 * 300_000 + 300 * 3_750_000 + 10 * 15_000_000,
  )
})

test.each([
  ['in order', [100, 1_000]],
  ['in any order', [1_000, 100]],
])('the highest tier that the prompt has passed counts, given %s', (_, starts) => {
  const tiers = starts.map((start) => ({ start, price: start === 100 ? 2 : 4 }))
  const cost = (input: number) =>
    costOf({ input, cachedInput: 0, cacheWrite: 0, output: 0 }, { input: { base: 1, tiers }, output: 0 }) /
    (input * 1_000_000)
  expect([100, 101, 1_000, 1_001].map(cost)).toEqual([1, 2, 2, 4])
})
