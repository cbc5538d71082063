import { describe, expect, test } from 'vitest'
import { kindOf } from '../../../../src/orchestrator/effects/gather/too-few.ts'
import { CompletionError, type FailureKind } from '../../../../src/orchestrator/service/failures.ts'

const failures = (...kinds: readonly FailureKind[]) =>
  new Map(kinds.map((kind, nth) => [`agent ${nth}`, new CompletionError(kind, 'It failed.')]))

describe('why a gather has too few answers', () => {
  test.for([
    ['server_error', ['server_error', 'server_error'], 2],
    ['terminated', ['terminated', 'terminated'], 2],
    ['refused_request', ['connection', 'refused_request'], 2],
    // Money says most.
    ['budget', ['budget', 'deadline', 'server_error'], 3],
    // Somebody was still under way, or was never asked.
    ['deadline', ['server_error', 'deadline'], 2],
    ['deadline', ['server_error'], 2],
    ['deadline', [], 1],
  ] as const)('is %s, where it was %s of %i', ([kind, kinds, missing]) => {
    expect(kindOf(failures(...kinds), missing)).toBe(kind)
  })

  test('is what had failed, where time was up before the next try', () => {
    const cause = new CompletionError('overloaded', 'Too many.')
    const late = new CompletionError('deadline', 'Too late.', { cause })
    expect(kindOf(new Map([['ann', late]]), 1)).toBe('overloaded')
  })
})
