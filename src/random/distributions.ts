import { inverseNormal } from './normal.ts'

/**
 * A distribution of non-negative numbers, given by its quantile function. One uniform draw becomes one sample: the same
 * draw always gives the same sample, and a smaller draw never gives a larger sample.
 */
export interface Distribution {
  /** The family of the distribution. */
  readonly kind: 'constant' | 'uniform' | 'lognormal' | 'empirical' | 'never'
  /** The value below which a share `u` of the samples lies. `u` in [0, 1). */
  quantile(u: number): number
  /** A text for people, such as `lognormal(median 4000, p95 12000)`. */
  toString(): string
}

/** Thrown for parameters that do not describe a distribution. */
export class InvalidDistributionError extends Error {
  override readonly name = 'InvalidDistributionError'
  readonly code = 'LONGHAUL_INVALID_DISTRIBUTION'
}

function demand(condition: boolean, message: string): void {
  if (!condition) throw new InvalidDistributionError(message)
}

const finite = (value: number): boolean => Number.isFinite(value) && value >= 0

function distribution(kind: Distribution['kind'], text: string, quantile: (u: number) => number): Distribution {
  return { kind, quantile, toString: () => text }
}

/** Always `value`. */
export function constantDistribution(value: number): Distribution {
  demand(finite(value), `constant(${value}): the value must be a finite number that is not negative.`)
  return distribution('constant', `constant(${value})`, () => value)
}

/** Uniform on [low, high). */
export function uniformDistribution(low: number, high: number): Distribution {
  demand(
    finite(low) && finite(high) && low <= high,
    `uniform(${low}, ${high}): give two finite numbers, with the smaller number first.`,
  )
  return distribution('uniform', `uniform(${low}, ${high})`, (u) => low + (high - low) * u)
}

/** The 95 % quantile of the standard normal distribution. */
const Z95 = 1.6448536269514722

/**
 * Lognormal by its median and 95 % quantile: ln X is normal with mean ln(median) and standard deviation
 * ln(p95 / median) / 1.6448536269514722.
 */
export function lognormalDistribution(median: number, p95: number): Distribution {
  demand(
    finite(median) && finite(p95) && median > 0 && p95 >= median,
    `lognormal({ median: ${median}, p95: ${p95} }): give a median above 0 and a p95 that is not below the median.`,
  )
  const sigma = Math.log(p95 / median) / Z95
  return distribution(
    'lognormal',
    `lognormal(median ${median}, p95 ${p95})`,
    (u) => median * Math.exp(sigma * inverseNormal(u)),
  )
}

/** The samples themselves, joined by straight lines: quantile i/(n-1) is the i-th smallest. */
export function empiricalDistribution(samples: readonly number[]): Distribution {
  demand(
    samples.length > 0 && samples.every(finite),
    'empirical([…]): give at least one sample, all finite and not negative.',
  )
  const sorted = samples.toSorted((a, b) => a - b)
  const last = sorted.length - 1
  return distribution('empirical', `empirical(${sorted.length} samples)`, (u) => {
    const place = u * last
    const below = Math.floor(place)
    const low = sorted[below]!
    return low + ((sorted[below + 1] ?? low) - low) * (place - below)
  })
}

/** Never: infinity. */
export function neverDistribution(): Distribution {
  return distribution('never', 'never()', () => Number.POSITIVE_INFINITY)
}
