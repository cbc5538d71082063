import { describe, expect, test } from 'vitest'
import { meantBy, nearest, suggestion } from '../../../src/options/index.ts'

const FAULTS = ['rate_limited', 'overloaded', 'server_error', 'bad_gateway', 'reset', 'reset_midway', 'stream_error']

describe('what is meant by a name', () => {
  test.each([
    ['over_loaded', 'overloaded'],
    ['ratelimit', 'rate_limited'],
    ['rateLimited', 'rate_limited'],
    ['rate-limit', 'rate_limited'],
    ['RATE_LIMITS', 'rate_limited'],
    ['server', 'server_error'],
    ['serverEror', 'server_error'],
    ['gateway', 'bad_gateway'],
  ])('%s is %s', (given, meant) => {
    expect(meantBy(given, FAULTS)).toBe(meant)
    expect(suggestion(given, FAULTS)).toBe(`Did you mean "${meant}"?`)
  })

  test.each(['error', 'timeout', 're', 'limit', '', 'x'.repeat(300)])('%j may be any of them, or none', (given) => {
    expect(meantBy(given, FAULTS)).toBeUndefined()
    expect(suggestion(given, FAULTS)).toBe(`There are: ${FAULTS.join(', ')}.`)
  })

  test('is more than the nearest name, which is what a name is taken for', () => {
    expect(nearest('ratelimit', FAULTS)).toBeUndefined()
  })
})
