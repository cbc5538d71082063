import { afterEach, beforeEach, expect, test } from 'vitest'
import { startSimulatedClock, type Clock } from '../../../src/clock/index.ts'
import { withRetryAfter } from '../../../src/mount/retry-after.ts'
import { Provider, type ProviderConfig } from '../../../src/provider/index.ts'
import { KeyedRandom } from '../../../src/random/index.ts'
import { Trace } from '../../../src/trace/index.ts'

let clock: Clock
beforeEach(() => void (clock = startSimulatedClock({ mode: { kind: 'virtual' }, epoch: 0, tell: () => {} })))
afterEach(() => clock.stop())

const told = (config: ProviderConfig, waitMs = 2_500): Record<string, string> => {
  const provider = new Provider(config, { clock, trace: new Trace(() => 0), random: new KeyedRandom(1) })
  const headers = { 'retry-after': '3', 'retry-after-ms': '2500' }
  return withRetryAfter({ status: 429, headers, body: '' }, waitMs, provider, 'openai').headers
}

test('a time to wait is told in seconds, unless a date is asked for', () => {
  expect(told({})).toEqual({ 'retry-after': '3', 'retry-after-ms': '2500' })
  expect(told({ retryAfterFormat: 'seconds' })['retry-after']).toBe('3')
})

test('a date has no part of a second, and is not too early', () => {
  expect(told({ retryAfterFormat: 'date' })).toEqual({ 'retry-after': 'Thu, 01 Jan 1970 00:00:03 GMT' })
  expect(told({ retryAfterFormat: 'date' }, 2_000)['retry-after']).toBe('Thu, 01 Jan 1970 00:00:02 GMT')
})

test('one service may tell a date, and another one none', () => {
  expect(told({ services: { openai: { retryAfterFormat: 'date' } } })['retry-after']).toContain('GMT')
  const others = { retryAfterFormat: 'date', services: { openai: { retryAfterFormat: 'seconds' } } } as const
  expect(told(others)['retry-after']).toBe('3')
})

test('a refusal without a time to wait gets none', () => {
  const provider = new Provider(
    { retryAfterFormat: 'date' },
    { clock, trace: new Trace(() => 0), random: new KeyedRandom(1) },
  )
  const response = { status: 500, headers: {}, body: '' }
  expect(withRetryAfter(response, 1_000, provider, 'openai')).toBe(response)
  expect(withRetryAfter(response, undefined, provider, 'openai')).toBe(response)
})
