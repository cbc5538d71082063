/** The distribution of a quantity over all runs. */
export interface Estimate {
  /** The mean of all runs. */
  mean: number
  /**
   * The standard error of the mean. In 95 of 100 predictions, the true mean is within two standard errors of `mean`.
   */
  standardError: number
  /** The median of all runs. */
  median: number
  /** The interval of the middle half of the runs: from the 25th to the 75th percentile. */
  interquartile: readonly [from: number, to: number]
  /**
   * The interval of 90 % of the runs: from the 5th to the 95th percentile. Needs at least 20 runs; see `percentile`.
   */
  interval90: readonly [from: number, to: number]
  /** @deprecated The former name of `standardError`. */
  meanError: number
  /** @deprecated The former name of `interquartile`. */
  half: readonly [from: number, to: number]
  /** @deprecated The former name of `interval90`. */
  most: readonly [from: number, to: number]
}

/**
 * The value that a fresh run stays under with a chance of `share`, told from runs that were seen: a fresh run is as likely
 * to fall into any of the n + 1 gaps that n runs leave between and beside them, so that it is below the k-th smallest of
 * them with a chance of k / (n + 1). A share that lies beside all of them, for which there are too few, gives the outermost.
 * Source: Hyndman and Fan, Sample Quantiles in Statistical Packages, 1996, definition 6.
 *
 * @param sorted ascending, one at least
 * @param share from 0 to 1
 */
export function percentile(sorted: readonly number[], share: number): number {
  const place = Math.min(Math.max((sorted.length + 1) * share - 1, 0), sorted.length - 1)
  const below = Math.floor(place)
  const low = sorted[below]!
  const high = sorted[Math.min(sorted.length - 1, below + 1)]!
  return low + (high - low) * (place - below)
}

/** What a quantity is like over all runs, told from some of them. */
export function estimate(values: readonly number[]): Estimate {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (share: number): number => percentile(sorted, share)
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  const standardError = Math.sqrt(squares / Math.max(1, values.length - 1) / values.length)
  const interquartile = [at(0.25), at(0.75)] as const
  const interval90 = [at(0.05), at(0.95)] as const
  const ofToday = { mean, standardError, median: at(0.5), interquartile, interval90 }
  return { ...ofToday, meanError: standardError, half: interquartile, most: interval90 }
}
