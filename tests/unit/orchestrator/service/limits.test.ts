import { describe, expect, test } from 'vitest'
import { limitsOf } from '../../../../src/orchestrator/service/limits.ts'

describe('what an account may still ask', () => {
  test.for([
    ['120ms', 120],
    ['6.5s', 6_500],
    ['1m30s', 90_000],
    ['2h', 7_200_000],
  ] as const)('is read of OpenAI’s headers: %s', ([reset, fullInMs]) => {
    const headers = new Headers({
      'x-ratelimit-limit-requests': '60',
      'x-ratelimit-remaining-requests': '12',
      'x-ratelimit-reset-requests': reset,
    })
    expect(limitsOf(headers)).toEqual({ limit: 60, remaining: 12, fullInMs })
  })

  test('is read of Anthropic’s, whose times are cut off to seconds', () => {
    const headers = new Headers({
      'anthropic-ratelimit-requests-limit': '50',
      'anthropic-ratelimit-requests-remaining': '0',
      'anthropic-ratelimit-requests-reset': new Date(Date.now() + 30_000).toISOString(),
    })
    const { fullInMs, ...rest } = limitsOf(headers)!
    expect(rest).toEqual({ limit: 50, remaining: 0 })
    expect(fullInMs).toBeGreaterThanOrEqual(29_000)
    expect(fullInMs).toBeLessThanOrEqual(31_000)
  })

  test('is not known where a service says nothing, or something else', () => {
    expect(limitsOf(new Headers())).toBeUndefined()
    expect(
      limitsOf(
        new Headers({
          'x-ratelimit-limit-requests': 'many',
          'x-ratelimit-remaining-requests': '1',
          'x-ratelimit-reset-requests': 'soon',
        }),
      ),
    ).toBeUndefined()
  })
})
