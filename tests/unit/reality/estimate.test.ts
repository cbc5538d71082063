import { describe, expect, test } from 'vitest'
import { estimate, percentile } from '../../../src/reality/estimate.ts'

const upTo = (n: number): number[] => Array.from({ length: n }, (_, index) => index + 1)

describe('a percentile', () => {
  test('leaves a fresh value below it with the chance that it names, however few were seen', () => {
    // The k-th smallest of n has a fresh value below it with a chance of k / (n + 1).
    expect(percentile(upTo(19), 0.95)).toBe(19)
    expect(percentile(upTo(19), 0.05)).toBeCloseTo(1)
    expect(percentile(upTo(99), 0.99)).toBe(99)
    expect(percentile(upTo(999), 0.25)).toBe(250)
  })

  test('lies between two values where its place does', () => {
    expect(percentile([1, 2], 0.5)).toBe(1.5)
    expect(percentile(upTo(10), 0.25)).toBe(2.75)
  })

  test('is the outermost value where there are too few', () => {
    expect(percentile([7], 0.99)).toBe(7)
    expect(percentile(upTo(10), 0.99)).toBe(10)
    expect(percentile(upTo(10), 0.01)).toBe(1)
  })
})

test('an estimate says how far its mean may be off', () => {
  const { mean, standardError, interval90, meanError, most } = estimate([1, 2, 3, 4])
  expect(mean).toBe(2.5)
  expect(standardError).toBeCloseTo(Math.sqrt(5 / 3 / 4), 12)
  expect(interval90).toEqual([1, 4])
  expect([meanError, most]).toEqual([standardError, interval90])
  expect(estimate([5, 5, 5]).standardError).toBe(0)
})
