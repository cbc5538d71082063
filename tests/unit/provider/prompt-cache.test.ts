import { describe, expect, test } from 'vitest'
import type { CallRequest, Message } from '../../../src/provider/call.ts'
import { PromptCache } from '../../../src/provider/prompt-cache.ts'

const message = (text: string, cacheBreakpoint = false): Message => ({
  role: 'user',
  text,
  toolCalls: [],
  cacheBreakpoint,
})
const request = (provider: string, messages: readonly Message[]): CallRequest =>
  ({ provider, model: 'm', tools: [], messages }) as unknown as CallRequest

describe('at OpenAI', () => {
  const first = request('openai', [message('a')])

  test('prefixes from 1,024 tokens on are read the second time, in steps of 128', () => {
    const cache = new PromptCache()
    expect(cache.use(first, [1_300], 0)).toEqual({ cachedInput: 0, cacheWrite: 0 })
    expect(cache.use(first, [1_300], 1_000)).toEqual({ cachedInput: 1_280, cacheWrite: 0 })
  })

  test('a conversation that goes on reads what it shares', () => {
    const cache = new PromptCache()
    cache.use(first, [1_300], 0)
    expect(cache.use(request('openai', [message('a'), message('b')]), [1_300, 1_400], 1).cachedInput).toBe(1_280)
    expect(cache.use(request('openai', [message('z'), message('b')]), [1_300, 1_400], 1).cachedInput).toBe(0)
  })

  test('shorter ones are not, and after five minutes none', () => {
    const cache = new PromptCache()
    cache.use(first, [1_000], 0)
    expect(cache.use(first, [1_000], 1).cachedInput).toBe(0)
    cache.use(first, [2_000], 0)
    expect(cache.use(first, [2_000], 300_000).cachedInput).toBe(0)
  })
})

test('at Anthropic the client’s breakpoints decide, and writing is counted', () => {
  const cache = new PromptCache()
  const marked = request('anthropic', [message('a', true), message('b')])
  expect(cache.use(request('anthropic', [message('a')]), [2_000], 0)).toEqual({ cachedInput: 0, cacheWrite: 0 })
  expect(cache.use(marked, [2_000, 2_100], 0)).toEqual({ cachedInput: 0, cacheWrite: 2_000 })
  expect(cache.use(marked, [2_000, 2_100], 1)).toEqual({ cachedInput: 2_000, cacheWrite: 0 })
})

test('a tool that is deferred leaves the cache as it was', () => {
  const cache = new PromptCache()
  const marked = request('anthropic', [message('a', true)])
  const tool = { name: 'look_up', description: '', parameters: {} }
  cache.use(marked, [2_000], 0)
  expect(cache.use({ ...marked, tools: [{ ...tool, deferred: true }] }, [2_000], 1).cachedInput).toBe(2_000)
  expect(cache.use({ ...marked, tools: [tool] }, [2_000], 1).cachedInput).toBe(0)
})

describe('what is shorter than 1,024 tokens is not cached', () => {
  test.each(['openai', 'anthropic', 'bedrock'])('at %s', (provider) => {
    const cached = (tokens: number) => {
      const cache = new PromptCache()
      const asked = request(provider, [message('a', true)])
      cache.use(asked, [tokens], 0)
      return cache.use(asked, [tokens], 1).cachedInput
    }
    expect([cached(1_023), cached(1_024)]).toEqual([0, 1_024])
  })

  test('also where more follows it', () => {
    const cache = new PromptCache()
    const asked = (last: string) => request('openai', [message('short'), message(last)])
    cache.use(asked('a'), [1_000, 2_000], 0)
    expect(cache.use(asked('b'), [1_000, 2_000], 1).cachedInput).toBe(0)
  })
})

test('Bedrock caches what it is told to, and nothing else', () => {
  const cache = new PromptCache()
  const told = request('bedrock', [message('a', true), message('b')])
  expect(cache.use(told, [2_000, 3_000], 0)).toEqual({ cachedInput: 0, cacheWrite: 2_000 })
  expect(cache.use(told, [2_000, 3_000], 1)).toEqual({ cachedInput: 2_000, cacheWrite: 0 })
  const untold = request('bedrock', [message('a')])
  expect(cache.use(untold, [2_000], 2)).toEqual({ cachedInput: 0, cacheWrite: 0 })
})

test('what is used again stays, and the oldest of twenty thousand prefixes goes', () => {
  const cache = new PromptCache()
  const read = (text: string) => cache.use(request('openai', [message(text)]), [1_280], 1).cachedInput
  for (let nth = 0; nth < 20_000; nth++) cache.use(request('openai', [message(`m${nth}`)]), [1_280], 0)
  expect(read('m0')).toBe(1_280)
  expect(read('new')).toBe(0)
  expect([read('m0'), read('m2')]).toEqual([1_280, 1_280])
  expect(read('m1')).toBe(0)
})

test('what the newest use has cached may be taken back, and nothing that was cached before', () => {
  const cache = new PromptCache()
  const [one, both] = [request('openai', [message('a')]), request('openai', [message('a'), message('b')])]
  cache.use(one, [1_280], 0)
  cache.use(both, [1_280, 2_560], 200_000)
  cache.takeBack()
  expect(cache.use(both, [1_280, 2_560], 250_000).cachedInput).toBe(1_280)
  cache.takeBack()
  // Neither use has made the first part live longer.
  expect(cache.use(one, [1_280], 300_000).cachedInput).toBe(0)
})
