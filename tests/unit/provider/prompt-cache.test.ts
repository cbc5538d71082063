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
