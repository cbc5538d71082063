import { describe, expect, test } from 'vitest'
import {
  constant,
  empirical,
  lognormal,
  never,
  timingOfSpeed,
  timingOfTotal,
  toDistribution,
  uniform,
} from '../../../src/provider/latency.ts'

test.each([
  [constant('2s'), 0.5, 2_000],
  [uniform('20s', '30s'), 0.25, 22_500],
  [lognormal({ median: '4s', p95: '12s' }), 0.5, 4_000],
  [empirical(['1s', '3s', '2s']), 0.5, 2_000],
  [never(), 0.5, Number.POSITIVE_INFINITY],
  [toDistribution('1m'), 0.9, 60_000],
  [toDistribution(250), 0.9, 250],
  [toDistribution(uniform(0, 10)), 0.5, 5],
])('%s has at %d the value %d', (distribution, u, ms) => {
  expect(distribution.quantile(u)).toBeCloseTo(ms, 6)
})

describe('the timing of an answer', () => {
  test('of a known length begins after a fifth of it', () => {
    expect(timingOfTotal(10_000)).toEqual({ firstTokenMs: 2_000, totalMs: 10_000 })
    expect(timingOfTotal(7.6)).toEqual({ firstTokenMs: 2, totalMs: 8 })
    expect(timingOfTotal(0)).toEqual({ firstTokenMs: 0, totalMs: 0 })
    expect(timingOfTotal(Number.POSITIVE_INFINITY).totalMs).toBe(Number.POSITIVE_INFINITY)
  })

  test('of a known speed ends when all tokens are generated', () => {
    expect(timingOfSpeed(400.4, 50, 125)).toEqual({ firstTokenMs: 400, totalMs: 2_900 })
    expect(timingOfSpeed(400, 50, 0)).toEqual({ firstTokenMs: 400, totalMs: 400 })
  })
})
