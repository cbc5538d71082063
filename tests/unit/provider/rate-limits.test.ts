import { describe, expect, test } from 'vitest'
import { RateLimiter } from '../../../src/provider/rate-limits.ts'

describe('a rate limiter', () => {
  test('lets a minute’s worth in at once, then one for each share of the minute', () => {
    const limiter = new RateLimiter({ requestsPerMinute: 60 })
    for (let nth = 0; nth < 60; nth++) expect(limiter.admit(10, 0)).toBeUndefined()
    expect(limiter.admit(10, 0)).toEqual({ limit: 'requests', retryAfterMs: 1_000 })
    expect(limiter.admit(10, 999)).toMatchObject({ limit: 'requests' })
    expect(limiter.admit(10, 1_000)).toBeUndefined()
  })

  test('names the limit that takes longest', () => {
    const limiter = new RateLimiter({ requestsPerMinute: 1, inputTokensPerMinute: 600 })
    expect(limiter.admit(600, 0)).toBeUndefined()
    expect(limiter.admit(300, 0)).toEqual({ limit: 'requests', retryAfterMs: 60_000 })
    expect(limiter.admit(300, 60_000)).toBeUndefined()
  })

  test('what was generated is booked at the end, and may overdraw', () => {
    const limiter = new RateLimiter({ outputTokensPerMinute: 100 })
    expect(limiter.admit(5, 0)).toBeUndefined()
    limiter.release(160, 0)
    // 61 tokens are lacking, at 100 a minute.
    expect(limiter.admit(5, 0)).toEqual({ limit: 'outputTokens', retryAfterMs: 36_600 })
  })

  test('names the limit on tokens that a request exceeds alone, whatever the time', () => {
    const limiter = new RateLimiter({ tokensPerMinute: 100, inputTokensPerMinute: 60 })
    expect(limiter.excess({ tokens: 100, inputTokens: 60 })).toBeUndefined()
    expect(limiter.excess({ tokens: 101, inputTokens: 1 })).toEqual({ limit: 'tokens', perMinute: 100, requested: 101 })
    const excess = { limit: 'inputTokens', perMinute: 60, requested: 61 }
    expect(limiter.excess({ tokens: 61, inputTokens: 61 })).toEqual(excess)
    expect(new RateLimiter({ requestsPerMinute: 1 }).excess({ tokens: 1e9, inputTokens: 1e9 })).toBeUndefined()
  })

  test('a request above the limit, most of which comes from a cache, gets in when the bucket is full', () => {
    const limiter = new RateLimiter({ tokensPerMinute: 100 })
    expect(limiter.admit(500, 0)).toBeUndefined()
    expect(limiter.admit(1, 0)).toMatchObject({ limit: 'tokens' })
  })

  test('counts open calls, and not those that it refused', () => {
    const limiter = new RateLimiter({ concurrentRequests: 1, requestsPerMinute: 2 })
    expect(limiter.admit(1, 0)).toBeUndefined()
    expect(limiter.admit(1, 0)).toEqual({ limit: 'concurrency', retryAfterMs: 1_000 })
    limiter.release(0, 0)
    expect(limiter.admit(1, 0)).toBeUndefined()
    limiter.release(0, 0)
    expect(limiter.admit(1, 0)).toMatchObject({ limit: 'requests' })
    expect(limiter.admit(1, 60_000)).toBeUndefined()
  })

  test('books what a call generates among its tokens at its end', () => {
    const limiter = new RateLimiter({ tokensPerMinute: 600, requestsPerMinute: 100 })
    expect(limiter.admit(300, 0)).toBeUndefined()
    limiter.release(200, 30_000)
    // Full again at 30 s but for what was just generated.
    expect(limiter.admit(400, 30_000)).toBeUndefined()
    expect(limiter.admit(100, 30_000)).toEqual({ limit: 'tokens', retryAfterMs: 10_000 })
    expect(limiter.admit(100, 40_000)).toBeUndefined()
  })

  test('tells its state for the headers at any time, above nothing and below all', () => {
    const limiter = new RateLimiter({ tokensPerMinute: 600, outputTokensPerMinute: 60 })
    limiter.admit(600, 0)
    limiter.release(90, 30_000)
    expect(limiter.states(31_000, 1_000_000)).toEqual({
      tokens: { limit: 600, remaining: 220, resetMs: 38_000, resetAt: 1_069_000 },
      outputTokens: { limit: 60, remaining: 0, resetMs: 89_000, resetAt: 1_120_000 },
    })
    expect(limiter.states(600_000, 0)).toEqual({
      tokens: { limit: 600, remaining: 600, resetMs: 0, resetAt: 600_000 },
      outputTokens: { limit: 60, remaining: 60, resetMs: 0, resetAt: 600_000 },
    })
  })

  test('tells its state for the headers', () => {
    const limiter = new RateLimiter({ requestsPerMinute: 10 })
    limiter.admit(1, 0)
    expect(limiter.states(0, 1_000_000)).toEqual({
      requests: { limit: 10, remaining: 9, resetMs: 6_000, resetAt: 1_006_000 },
    })
    expect(new RateLimiter({}).states(0, 0)).toEqual({})
  })
})
