import { describe, expect, test } from 'vitest'
import type { CallRequest, Message } from '../../../src/provider/index.ts'
import { promptTokens, tokenizerFor } from '../../../src/provider/tokens.ts'
import { withinWindow } from '../../../src/provider/within-window.ts'

const said = (role: Message['role'], text: string): Message => ({ role, text, toolCalls: [], cacheBreakpoint: false })
const TEN = 'one two three four five six seven'

const kept = (messages: readonly Message[], contextWindow: number) =>
  withinWindow({ provider: 'openai', messages, tools: [] } as unknown as CallRequest, {
    id: 'gpt-4o',
    contextWindow,
  }).messages.map(({ role }) => role)

describe('a prompt that drops its oldest messages', () => {
  test('stays as it is where it fits', () => {
    const request = { provider: 'openai', messages: [said('user', TEN)], tools: [] } as unknown as CallRequest
    expect(withinWindow(request, { id: 'gpt-4o', contextWindow: 100 })).toBe(request)
  })

  test('keeps its instructions and its newest message', () => {
    const messages = [said('system', TEN), said('user', TEN), said('assistant', TEN), said('user', TEN)]
    expect(kept(messages, 40)).toEqual(['system', 'assistant', 'user'])
    expect(kept(messages, 5)).toEqual(['system', 'user'])
  })

  test('has room for its tools, which no message takes with it', () => {
    const tools = [
      { name: 'find', description: 'word '.repeat(100), parameters: {} },
    ] as unknown as CallRequest['tools']
    const messages = [said('user', TEN), said('user', TEN), said('user', TEN), said('user', TEN)]
    const request = { provider: 'openai', messages, tools } as unknown as CallRequest
    const model = { id: 'gpt-4o', contextWindow: 145 }
    const { messages: left } = withinWindow(request, model)
    const total = promptTokens({ messages: left, tools }, tokenizerFor('openai', model.id)).at(-1)!
    expect(left.length).toBeGreaterThan(1)
    expect(total).toBeLessThanOrEqual(model.contextWindow)
  })

  test('drops the results of calls that it has dropped', () => {
    const call = { ...said('assistant', ''), toolCalls: [{ id: 'a', name: 'find', arguments: '{}' }] }
    expect(kept([said('user', TEN), call, said('tool', TEN), said('user', TEN)], 30)).toEqual(['user'])
  })
})
