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
    [404, 'refused_request'],
  ] as const)('%i is %s', ([status, kind]) => {
    expect(kindOfStatus(status)).toBe(kind)
  })
})
