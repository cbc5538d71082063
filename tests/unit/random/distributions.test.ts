import { describe, expect, test } from 'vitest'
import {
  constantDistribution,
  empiricalDistribution,
  InvalidDistributionError,
  KeyedRandom,
  lognormalDistribution,
  neverDistribution,
  uniformDistribution,
  type Distribution,
} from '../../../src/random/index.ts'

const N = 20_000
const sample = (distribution: Distribution, seed: number): number[] => {
  const random = new KeyedRandom(seed)
  return Array.from({ length: N }, (_, i) => distribution.quantile(random.draw('sample', i))).sort((a, b) => a - b)
}

/** The Kolmogorov–Smirnov distance to a distribution function, times √n. */
const kolmogorov = (sorted: readonly number[], cdf: (x: number) => number): number =>
  Math.sqrt(sorted.length) *
  sorted.reduce(
    (worst, x, i) => Math.max(worst, Math.abs(cdf(x) - i / sorted.length), Math.abs(cdf(x) - (i + 1) / sorted.length)),
    0,
  )

/** The standard normal distribution function by Simpson's rule: slow, and independent of the code under test. */
function normalCdf(z: number): number {
  const steps = 400
  const h = z / steps
  const density = (x: number) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)
  let sum = density(0) + density(z)
  for (let i = 1; i < steps; i++) sum += density(i * h) * (i % 2 ? 4 : 2)
  return 0.5 + (sum * h) / 3
}

describe('against theory, at fixed seeds', () => {
  test.each([1, 2, 3])('lognormal is lognormal, seed %i', (seed) => {
    const sigma = Math.log(12 / 4) / 1.6448536269514722
    const samples = sample(lognormalDistribution(4_000, 12_000), seed)
    expect(kolmogorov(samples, (x) => normalCdf(Math.log(x / 4_000) / sigma))).toBeLessThan(1.63)
  })

  test.each([1, 2, 3])('uniform is uniform, seed %i', (seed) => {
    const samples = sample(uniformDistribution(20_000, 30_000), seed)
    expect(kolmogorov(samples, (x) => (x - 20_000) / 10_000)).toBeLessThan(1.63)
  })

  test('a wrong p95 is noticed by the same yardstick', () => {
    const sigma = Math.log(13 / 4) / 1.6448536269514722
    const samples = sample(lognormalDistribution(4_000, 12_000), 1)
    expect(kolmogorov(samples, (x) => normalCdf(Math.log(x / 4_000) / sigma))).toBeGreaterThan(1.63)
  })
})

describe('exact quantiles', () => {
  test('lognormal: the median and p95 are the ones given', () => {
    const distribution = lognormalDistribution(4_000, 12_000)
    expect(distribution.quantile(0.5)).toBeCloseTo(4_000, 9)
    expect(distribution.quantile(0.95)).toBeCloseTo(12_000, 6)
  })

  test('lognormal: the extreme draws stay finite and above 0', () => {
    const distribution = lognormalDistribution(4_000, 12_000)
    expect(distribution.quantile(0)).toBeGreaterThan(0)
    expect(distribution.quantile(1 - 2 ** -53)).toBeLessThan(10_000_000)
  })

  test('empirical: the ends are the smallest and largest samples, the middle is between', () => {
    const distribution = empiricalDistribution([30, 10, 20])
    expect([0, 0.25, 0.5, 0.75].map((u) => distribution.quantile(u))).toEqual([10, 15, 20, 25])
  })

  test('constant and never', () => {
    expect(constantDistribution(5).quantile(0.3)).toBe(5)
    expect(neverDistribution().quantile(0.3)).toBe(Number.POSITIVE_INFINITY)
  })
})

test.each([
  [constantDistribution(5), 'constant', 'constant(5)'],
  [uniformDistribution(1, 2), 'uniform', 'uniform(1, 2)'],
  [lognormalDistribution(4_000, 12_000), 'lognormal', 'lognormal(median 4000, p95 12000)'],
  [empiricalDistribution([1, 2, 3]), 'empirical', 'empirical(3 samples)'],
  [neverDistribution(), 'never', 'never()'],
])('%s tells what it is', (distribution, kind, text) => {
  expect(distribution.kind).toBe(kind)
  expect(String(distribution)).toBe(text)
})

test.each([
  ['a constant of 0', constantDistribution(0), 0],
  ['uniform between equal ends', uniformDistribution(3, 3), 3],
  ['uniform from 0', uniformDistribution(0, 8), 4],
  ['a p95 that is the median', lognormalDistribution(7, 7), 7],
  ['one sample, of 0', empiricalDistribution([0]), 0],
])('%s is a distribution', (_, distribution, median) => {
  expect(distribution.quantile(0.5)).toBe(median)
})

const CONSTANT = /^constant\(.*\): the value must be a finite number that is not negative\.$/
const UNIFORM = /^uniform\(.*, .*\): give two finite numbers, with the smaller number first\.$/
const LOGNORMAL =
  /^lognormal\(\{ median: .*, p95: .* \}\): give a median above 0 and a p95 that is not below the median\.$/
const EMPIRICAL = 'empirical([…]): give at least one sample, all finite and not negative.'

test.each([
  ['a negative constant', () => constantDistribution(-1), CONSTANT],
  ['a constant that is no number', () => constantDistribution(Number.NaN), CONSTANT],
  ['an infinite constant', () => constantDistribution(Number.POSITIVE_INFINITY), CONSTANT],
  ['uniform the wrong way round', () => uniformDistribution(2, 1), UNIFORM],
  ['uniform from below 0', () => uniformDistribution(-1, 1), UNIFORM],
  ['uniform without an end', () => uniformDistribution(0, Number.POSITIVE_INFINITY), UNIFORM],
  ['a median of 0', () => lognormalDistribution(0, 5), LOGNORMAL],
  ['a p95 below the median', () => lognormalDistribution(5, 4), LOGNORMAL],
  ['an infinite p95', () => lognormalDistribution(5, Number.POSITIVE_INFINITY), LOGNORMAL],
  ['a median that is no number', () => lognormalDistribution(Number.NaN, 5), LOGNORMAL],
  ['no samples', () => empiricalDistribution([]), EMPIRICAL],
  ['one sample of several that is negative', () => empiricalDistribution([1, -1, 2]), EMPIRICAL],
])('%s is refused', (_, make, message) => {
  expect(make).toThrow(InvalidDistributionError)
  expect(make).toThrow(message)
  expect(make).toThrow(
    expect.objectContaining({ name: 'InvalidDistributionError', code: 'LONGHAUL_INVALID_DISTRIBUTION' }),
  )
})
