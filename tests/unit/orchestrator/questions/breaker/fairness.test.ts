import { expect, test } from 'vitest'
import { Fairness } from '../../../../../src/orchestrator/questions/breaker/fairness.ts'

const after = (...tookMs: number[]): Fairness => {
  const fairness = new Fairness()
  for (const ms of tookMs) fairness.answered(ms)
  return fairness
}

test('a second is enough for a service of which nothing is known, and less is not', () => {
  expect(after().had(1_000)).toBe(true)
  expect(after().had(999)).toBe(false)
})

test('a call had its time where nine of ten answers were in time', () => {
  const ten = after(1_000, 10_000, 2_000, 9_000, 3_000, 8_000, 4_000, 7_000, 5_000, 6_000)
  expect(ten.had(9_000)).toBe(true)
  expect(ten.had(8_999)).toBe(false)
})

test('what is quick is given a second nevertheless', () => {
  expect(after(5, 5, 5).had(999)).toBe(false)
})

test('only the newest twenty answers count', () => {
  const slowOnce = after(60_000, ...Array.from({ length: 20 }, () => 2_000))
  expect(slowOnce.had(2_000)).toBe(true)
  const slow = after(...Array.from({ length: 3 }, () => 60_000), ...Array.from({ length: 17 }, () => 2_000))
  expect(slow.had(59_999)).toBe(false)
})
