import { FAULTS } from '../../../src/provider/faults/index.ts'
import { describe, expect, test } from 'vitest'
import { partOf, refusalText, usageSoFar, waitText, type OpenCall } from '../../../src/provider/open-call.ts'

const NOTHING = { input: 0, cachedInput: 0, cacheWrite: 0, output: 0, reasoning: 0 }
const usage = { input: 50, cachedInput: 10, cacheWrite: 0, output: 100, reasoning: 60 }
const working = (totalMs: number): OpenCall['state'] =>
  ({ kind: 'working', since: 1_000, timing: { firstTokenMs: 2_000, totalMs }, reply: { usage } }) as never
const soFar = (state: OpenCall['state'], now: number) => usageSoFar({ state } as OpenCall, now)

describe('a client that goes away pays', () => {
  test.each<[string, OpenCall['state']]>([
    ['it waited in line', { kind: 'queued' }],
    ['it was about to be refused', { kind: 'refused' }],
    ['it was left hanging', { kind: 'hanging' }],
  ])('nothing while %s', (_, state) => {
    expect(soFar(state, 9_000)).toEqual(NOTHING)
  })

  test('the prompt, and what was generated until then', () => {
    const output = (now: number) => {
      const { output: tokens, reasoning, input, cachedInput } = soFar(working(12_000), now)
      expect([input, cachedInput]).toEqual([50, 10])
      return [tokens, reasoning]
    }
    // From the third second on, a hundred tokens in ten seconds; thoughts come first.
    expect([1_000, 3_000, 3_050, 4_000, 8_000, 13_000, 99_000].map(output)).toEqual([
      [0, 0],
      [0, 0],
      [0, 0],
      [10, 10],
      [50, 50],
      [100, 60],
      [100, 60],
    ])
  })

  test('the prompt alone where nothing ever comes', () => {
    expect(soFar(working(Number.POSITIVE_INFINITY), 1e9)).toMatchObject({ input: 50, output: 0 })
  })

  test('what had come where it has stalled', () => {
    expect(soFar({ kind: 'stalled', usage: partOf(usage, 70) }, 0)).toEqual({ ...usage, output: 70, reasoning: 60 })
  })
})

test.each([
  [{ kind: 'rate_limited', limit: 'requests', retryAfterMs: 2_000 }, 'The limit on requests is reached; retry in 2s.'],
  [{ kind: 'server_error', message: 'No room.' }, 'No room.'],
  [{ kind: 'server_error' }, 'The server had an error.'],
  [{ kind: 'model_not_found', model: 'gpt-none' }, 'There is no model gpt-none.'],
  [
    { kind: 'context_length', tokens: 9_000, contextWindow: 8_192 },
    "The prompt has 9000 tokens, but the model's context window has 8192 tokens.",
  ],
] as const)('%j is told in words', (refusal, text) => {
  expect(refusalText(refusal as never)).toBe(text)
})

test.each<[OpenCall['state'], string]>([
  [{ kind: 'refused' }, 'which the service is about to refuse'],
  [{ kind: 'queued' }, 'which is queued for a free slot'],
  [{ kind: 'hanging' }, 'which the fault "hang" leaves without an answer'],
  [{ kind: 'stalled', usage }, 'which the fault "stall" stopped in the middle of its answer'],
  [working(5_000), 'which the service is answering'],
  [working(Number.POSITIVE_INFINITY), 'whose latency is never()'],
])('what a call waits for is told in words: $kind', (state, text) => {
  expect(waitText({ state, fault: undefined })).toBe(text)
})

test.each([
  ['stall_with_pings', 'in the middle of its answer'],
  ['hang_with_pings', 'before the first token of its answer'],
] as const)('a call that %s has stopped waits for that one, %s', (name, where) => {
  const fault = { name, kind: FAULTS[name], until: undefined }
  expect(waitText({ state: { kind: 'stalled', usage }, fault })).toBe(`which the fault "${name}" stopped ${where}`)
})
