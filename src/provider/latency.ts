import { parseDuration, type Duration } from '../clock/index.ts'
import {
  constantDistribution,
  empiricalDistribution,
  lognormalDistribution,
  neverDistribution,
  uniformDistribution,
  type Distribution,
} from '../random/index.ts'

/** How long something takes: a fixed duration, or a distribution of milliseconds. */
export type Latency = Duration | Distribution

/**
 * A constant latency. A bare duration means the same.
 *
 * @example
 * ```ts
 * const provider = { latency: constant('8s') }
 * ```
 */
export const constant = (duration: Duration): Distribution => constantDistribution(parseDuration(duration))

/**
 * A uniform distribution from `low` to `high`.
 *
 * @example
 * ```ts
 * const provider = { latency: uniform('20s', '30s') }
 * ```
 */
export const uniform = (low: Duration, high: Duration): Distribution =>
  uniformDistribution(parseDuration(low), parseDuration(high))

/**
 * A lognormal distribution, the usual shape of latencies, by its median and 95 % quantile: ln X is normal with mean
 * ln(median) and standard deviation ln(p95 / median) / 1.6448536269514722.
 *
 * @throws InvalidDistributionError if the median is 0 or above the p95
 * @example
 * ```ts
 * const provider = { latency: lognormal({ median: '4s', p95: '12s' }) }
 * ```
 */
export const lognormal = (quantiles: { median: Duration; p95: Duration }): Distribution =>
  lognormalDistribution(parseDuration(quantiles.median), parseDuration(quantiles.p95))

/**
 * Latencies drawn from measured samples, with linear interpolation between them. The smallest sample is the minimum,
 * the largest is the maximum.
 *
 * @example
 * ```ts
 * const provider = { latency: empirical(['2s', '3s', '3500ms', '20s']) }
 * ```
 */
export const empirical = (samples: readonly Duration[]): Distribution =>
  empiricalDistribution(samples.map(parseDuration))

/**
 * The service never answers: the client needs its own timeout.
 *
 * @example
 * ```ts
 * const provider = { agents: { silent: { latency: never() } } }
 * ```
 */
export const never = (): Distribution => neverDistribution()

/**
 * All distributions of latency under one name.
 *
 * @example
 * ```ts
 * const provider = {
 *   latency: latency.lognormal({ median: '4s', p95: '20s' }),
 *   agents: { silent: { latency: latency.never() } },
 * }
 * ```
 */
export const latency = { constant, uniform, lognormal, empirical, never } as const

/** Reads a latency. */
export const toDistribution = (latency: Latency): Distribution =>
  typeof latency === 'object' ? latency : constant(latency)

/** The speed of a model. */
export interface ModelSpeed {
  /** Time to the first token: milliseconds, a duration such as `'800ms'`, or a distribution. */
  timeToFirstToken: Latency
  /** Generated tokens per second. Above 0. */
  tokensPerSecond: number
  /**
   * Prompt tokens per second (prefill): uncached tokens of the prompt delay the first token. Above 0. Default: no
   * delay.
   */
  prefillTokensPerSecond?: number
}

/** Where in a streamed answer of known total length the first token comes. */
const FIRST_TOKEN_SHARE = 0.2

/** When an answer begins and ends, in milliseconds after the work on it began. */
export interface Timing {
  firstTokenMs: number
  totalMs: number
}

/** The timing of a call whose total time is known. */
export function timingOfTotal(totalMs: number): Timing {
  const total = Math.round(totalMs)
  return { firstTokenMs: Math.round(total * FIRST_TOKEN_SHARE), totalMs: total }
}

/**
 * The timing of a call from the model's speed.
 *
 * @param firstTokenMs until the first token, the prompt being read
 */
export function timingOfSpeed(firstTokenMs: number, tokensPerSecond: number, outputTokens: number): Timing {
  const first = Math.round(firstTokenMs)
  return { firstTokenMs: first, totalMs: first + Math.round((outputTokens / tokensPerSecond) * 1_000) }
}
