import { describe, expect, test } from 'vitest'
import { gatherOptions } from '../../../../../src/orchestrator/effects/gather/options.ts'
import type { Json } from '../../../../../src/strategy/index.ts'

const DEFAULTS = { timeoutMs: 300_000, sequential: false }

describe('the options of GATHER', () => {
  test('have defaults', () => {
    expect(gatherOptions({}, DEFAULTS)).toEqual({
      prompt: undefined,
      timeoutMs: 300_000,
      atLeast: 1,
      enough: Number.POSITIVE_INFINITY,
      extendFor: 0,
      sequential: false,
      late: 'cancel',
      redistribute: false,
      tasks: undefined,
      model: undefined,
      maxTokens: undefined,
    })
  })

  test('are read, numbers from texts and durations too', () => {
    const given: Record<string, Json> = {
      prompt: { question: 'Why?' },
      timeout: '2m',
      at_least: '2',
      enough: 3,
      extend_for: 4,
      sequential: true,
      late: 'keep',
      redistribute: true,
      tasks: ['a', 'b'],
      model: 'gpt-4o',
      max_tokens: '50',
    }
    expect(gatherOptions(given, DEFAULTS)).toEqual({
      prompt: '{"question":"Why?"}',
      timeoutMs: 120_000,
      atLeast: 2,
      enough: 3,
      extendFor: 4,
      sequential: true,
      late: 'keep',
      redistribute: true,
      tasks: ['a', 'b'],
      model: 'gpt-4o',
      maxTokens: 50,
    })
  })

  test.for([
    [{}, true],
    [{ sequential: false }, false],
    [{ sequential: 1 }, true],
  ] as const)('%j is one after another where the pattern is sequential: %s', ([given, sequential]) => {
    expect(gatherOptions(given, { ...DEFAULTS, sequential: true }).sequential).toBe(sequential)
  })

  test('cancel what is late where they say so', () => {
    expect(gatherOptions({ late: 'cancel' }, DEFAULTS).late).toBe('cancel')
  })

  test.for([
    [{ at_least: 'most' }, 'GATHER\'s at_least is "most". Give a number.'],
    [{ enough: 'all' }, 'GATHER\'s enough is "all". Give a number.'],
    [{ extend_for: 'x' }, 'GATHER\'s extend_for is "x". Give a number.'],
    [{ max_tokens: [1, 2] }, "GATHER's max_tokens is [1,2]. Give a number."],
    [{ tasks: 'a' }, 'GATHER\'s tasks must be a list, not "a".'],
    [{ late: 'drop' }, 'GATHER\'s late is "drop". Give "keep" or "cancel".'],
  ] as [Record<string, Json>, string][])('%j are refused', ([given, message]) => {
    expect(() => gatherOptions(given, DEFAULTS)).toThrow(
      expect.objectContaining({ kind: 'refused_request', message }) as Error,
    )
  })
})
