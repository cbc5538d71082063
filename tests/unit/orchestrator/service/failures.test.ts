import { describe, expect, test } from 'vitest'
import { CompletionError, failureOf, kindOfStatus } from '../../../../src/orchestrator/service/failures.ts'

describe('what a failure is to a strategy', () => {
  test('a deadline is a timeout', () => {
    expect(failureOf(new CompletionError('deadline', 'Too late.'))).toEqual({ kind: 'timeout', message: 'Too late.' })
  })

  test('a deadline that has only ended a pause after a failed try is that failure', () => {
    const cause = new CompletionError('server_error', 'Bad gateway.')
    expect(failureOf(new CompletionError('deadline', 'Too late.', { cause }))).toEqual({
      kind: 'server_error',
      message: 'Too late. The last failure: Bad gateway.',
    })
  })

  test('whatever else was thrown has its name', () => {
    expect(failureOf(new RangeError('Too far.'))).toEqual({ kind: 'RangeError', message: 'Too far.' })
    expect(failureOf('no')).toEqual({ kind: 'error', message: 'no' })
  })
})

describe('the kind of a status', () => {
  test.for([
    [429, 'rate_limited'],
    [503, 'overloaded'],
    [529, 'overloaded'],
    [502, 'server_error'],
    [408, 'server_error'],
    [409, 'server_error'],
    [500, 'server_error'],
    [499, 'refused_request'],
    [400, 'refused_request'],
    [404, 'refused_request'],
  ] as const)('%i is %s', ([status, kind]) => {
    expect(kindOfStatus(status)).toBe(kind)
  })

  test('429 of a request that is too large for a limit is no rate limit, as no wait helps', () => {
    const message = 'Request too large for gpt-4o in organization org-1 on tokens per min (TPM): Limit 1, Requested 2.'
    expect(kindOfStatus(429, message)).toBe('refused_request')
    expect(kindOfStatus(429, 'Rate limit reached for gpt-4o on tokens per min.')).toBe('rate_limited')
  })
})

describe('a failed completion', () => {
  test.for([
    ['rate_limited', true, true],
    ['overloaded', true, true],
    ['server_error', true, true],
    ['connection', true, true],
    ['bad_answer', true, true],
    ['timeout', true, true],
    ['breaker_open', false, true],
    ['deadline', false, false],
    ['refused_request', false, false],
    ['budget', false, false],
    ['terminated', false, false],
    ['cancelled', false, false],
  ] as const)('of kind %s may pass again: %s; elsewhere: %s', ([kind, again, elsewhere]) => {
    const { retryable, passesElsewhere } = new CompletionError(kind, 'It failed.')
    expect([retryable, passesElsewhere]).toEqual([again, elsewhere])
  })

  test('without access to the account does not pass here, and may elsewhere', () => {
    const noAccess = { untilMs: 1 } as never
    for (const kind of ['rate_limited', 'refused_request'] as const) {
      const { retryable, passesElsewhere } = new CompletionError(kind, 'No credit.', { noAccess })
      expect([retryable, passesElsewhere]).toEqual([false, true])
    }
  })

  test('tells a strategy of what there is not', () => {
    expect(failureOf(new CompletionError('refused_request', 'No such agent.', { unknown: true }))).toEqual({
      kind: 'refused_request',
      message: 'No such agent.',
      unknown: true,
    })
  })
})
