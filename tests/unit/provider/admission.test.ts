import { afterEach, describe, expect, test } from 'vitest'
import type { Answer } from '../../../src/provider/call.ts'
import type { ProviderConfig } from '../../../src/provider/index.ts'
import { provide, request } from './provider-under-test.ts'

let stop = (): void => {}
afterEach(() => stop())

const provided = (config: ProviderConfig = {}) => {
  const made = provide({ latency: '10s', replies: 'Yes.', ...config })
  stop = () => made.clock.stop()
  return made
}

describe('a call is refused', () => {
  test('where its model is not there', async () => {
    const [answer] = await provided().ask({ model: 'gpt-none' })
    expect(answer).toMatchObject({ kind: 'refusal', refusal: { kind: 'model_not_found', model: 'gpt-none' } })
  })

  test('where its prompt is longer than the window of its model, and not where it fills it', async () => {
    const tokens = provided().provider.countTokens(request())
    for (const [contextWindow, kind] of [
      [tokens - 1, 'refusal'],
      [tokens, 'whole'],
    ] as const) {
      stop()
      const [answer] = await provided({ models: { own: { contextWindow } } }).ask({ model: 'own' })
      expect(answer!.kind).toBe(kind)
      if (kind === 'refusal')
        expect(answer).toMatchObject({ refusal: { kind: 'context_length', tokens, contextWindow } })
    }
  })

  test('where it exceeds a limit, which a batch does not', async () => {
    const { ask } = provided({ rateLimits: { requestsPerMinute: 1 } })
    const kinds: Answer['kind'][] = []
    for (const over of [{}, {}, { batch: true }]) kinds.push((await ask(over))[0]!.kind)
    expect(kinds).toEqual(['whole', 'refusal', 'whole'])
  })

  test('with the limit that it exceeds, and when it may come again', async () => {
    const { ask } = provided({ latency: 0, rateLimits: { requestsPerMinute: 1 } })
    await ask()
    const [answer] = await ask()
    expect(answer).toMatchObject({ refusal: { kind: 'rate_limited', limit: 'requests', retryAfterMs: 60_000 } })
  })
})

test('a call waits for its refusal', () => {
  const { provider } = provided()
  provider.accept(request({ model: 'gpt-none' }), () => {})
  expect(provider.waiters()).toMatchObject([{ what: 'call 1 to gpt-none, which the service is about to refuse' }])
})

describe('a call that alone has more tokens than a limit on tokens', () => {
  const { countTokens } = (() => {
    const { provider } = provided()
    stop()
    return { countTokens: provider.countTokens(request()) }
  })()

  test('is refused for ever, without a time to wait', async () => {
    const { ask, trace, clock } = provided({ rateLimits: { inputTokensPerMinute: countTokens - 1 } })
    const refusal = {
      kind: 'request_too_large',
      limit: 'inputTokens',
      perMinute: countTokens - 1,
      requested: countTokens,
    }
    expect(await ask()).toMatchObject([{ kind: 'refusal', refusal }])
    await clock.supervise(() => clock.sleep(3_600_000))
    expect(await ask()).toMatchObject([{ kind: 'refusal', refusal }])
    for (const failed of trace.ofType('call.failed'))
      expect(failed).toMatchObject({ fault: 'request_too_large', retryAfterMs: null, cost: 0 })
  })

  const message = { role: 'user', toolCalls: [], cacheBreakpoint: true } as const
  const long = { ...message, text: 'lorem ipsum '.repeat(2_000) }

  test.each([
    ['openai', 'gpt-4o-mini'],
    ['anthropic', 'claude-haiku-4-5'],
  ])('is refused again at %s: a prompt that was refused unread is in no cache', async (provider, model) => {
    const { ask } = provided({ rateLimits: { inputTokensPerMinute: 1_000 } })
    for (let tries = 0; tries < 3; tries++) {
      const [answer] = await ask({ provider, model, messages: [long] })
      expect(answer).toMatchObject({ kind: 'refusal', refusal: { kind: 'request_too_large', perMinute: 1_000 } })
    }
  })

  test.each([
    ['anthropic', 'claude-haiku-4-5', 'whole'],
    ['openai', 'gpt-4o-mini', 'refusal'],
  ])('counts tokens that are read from the cache, or does not, at %s', async (provider, model, kind) => {
    const fits = provided().provider.countTokens(request({ provider, model, messages: [long] }))
    stop()
    const { ask, clock } = provided({ rateLimits: { inputTokensPerMinute: fits + 100 } })
    const first = await ask({ provider, model, messages: [long] })
    expect(first[0]!.kind).toBe('whole')
    await clock.supervise(() => clock.sleep(120_000))
    const more = { ...message, text: 'dolor sit amet '.repeat(100), cacheBreakpoint: false }
    expect((await ask({ provider, model, messages: [long, more] }))[0]!.kind).toBe(kind)
  })

  test('is let in where it fills the limit', async () => {
    const { ask } = provided({ rateLimits: { tokensPerMinute: countTokens } })
    expect((await ask())[0]!.kind).toBe('whole')
  })

  test.each([
    [undefined, 1_000, 'whole'],
    ['larger', 1_000, 'whole'],
    ['larger', 1_001, 'refusal'],
    ['sum', 1_000 - countTokens, 'whole'],
    ['sum', 1_001 - countTokens, 'refusal'],
  ] as const)('is one whose service reserves %s, of %i tokens to generate: %s', async (reserves, most, kind) => {
    const { ask } = provided({ rateLimits: { tokensPerMinute: 1_000 } })
    const [answer] = await ask({ maxOutputTokens: most, ...(reserves && { reserves }) })
    expect(answer!.kind).toBe(kind)
  })

  test('is none where a limit on input tokens meets a large maximum', async () => {
    const { ask } = provided({ rateLimits: { inputTokensPerMinute: 1_000 } })
    expect((await ask({ maxOutputTokens: 5_000, reserves: 'sum' }))[0]!.kind).toBe('whole')
  })
})

test('a call that was refused gives no place of another free', async () => {
  const { provider, clock, trace } = provided({ rateLimits: { concurrentRequests: 1 } })
  await clock.supervise(async () => {
    for (const agent of ['ann', 'ben', 'cem']) {
      provider.accept(request({ callerHints: [agent], fingerprint: agent }), () => {})
      await clock.sleep(1_000)
    }
    await clock.sleep(60_000)
    provider.accept(request({ callerHints: ['dan'], fingerprint: 'dan' }), () => {})
    await clock.sleep(60_000)
  })
  expect(trace.ofType('call.failed').map(({ call }) => call)).toEqual([2, 3])
  expect(trace.ofType('call.ended').map(({ call }) => call)).toEqual([1, 4])
})
