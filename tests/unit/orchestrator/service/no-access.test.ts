import { describe, expect, test } from 'vitest'
import { noAccess } from '../../../../src/orchestrator/service/no-access.ts'

describe('a refusal of the whole account', () => {
  test.for([
    [401, '{"error":{"code":"invalid_api_key"}}'],
    [402, 'Payment required'],
    [403, 'Forbidden'],
    [429, '{"error":{"message":"You exceeded your current quota","code":"insufficient_quota"}}'],
    [400, '{"error":{"message":"Your credit balance is too low to access the API."}}'],
  ] as const)('is known by status and words: %i %s', ([status, body]) => {
    expect(noAccess(status, body, undefined)).toEqual({ forMs: undefined })
  })

  test('ends when the service says', () => {
    expect(noAccess(429, 'insufficient_quota', 5_000)).toEqual({ forMs: 5_000 })
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString()
    const body = `You have reached your specified API usage limits. You will regain access on ${tomorrow.slice(0, 10)} at ${tomorrow.slice(11, 16)} UTC.`
    const { forMs } = noAccess(400, body, undefined)!
    expect(Math.abs(forMs! - 86_400_000)).toBeLessThanOrEqual(61_000)
  })

  test.for([
    [429, 'Rate limit reached for requests'],
    [400, 'This model has a maximum context length'],
    [404, 'The model does not exist'],
    [500, 'insufficient_quota'],
  ] as const)('is not one of this request, or of the moment: %i %s', ([status, body]) => {
    expect(noAccess(status, body, 1_000)).toBeUndefined()
  })
})
