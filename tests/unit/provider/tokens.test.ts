import { describe, expect, test } from 'vitest'
import { promptTokens, tokenizerFor, type Tokenizer } from '../../../src/provider/tokens.ts'

/** Each letter is a token. */
const letters: Tokenizer = { count: (text) => text.length, cut: (text, tokens) => text.slice(0, tokens) }
const message = (over: object = {}) => ({
  role: 'user' as const,
  text: 'abc',
  toolCalls: [],
  cacheBreakpoint: false,
  ...over,
})

describe('a tokenizer', () => {
  test('counts as the model does, where OpenAI has published how', () => {
    const text = 'Tokenization is fun, isn’t it? 日本語 🙂'
    // As the tiktoken of OpenAI counts them.
    expect(tokenizerFor('openai', 'gpt-4o').count('hello world')).toBe(2)
    expect(tokenizerFor('openai', 'gpt-4').count('hello world')).toBe(2)
    expect(tokenizerFor('azure', 'gpt-4o').count(text)).toBe(tokenizerFor('openai', 'gpt-4.1').count(text))
    expect(tokenizerFor('openai', 'gpt-4').count(text)).toBeGreaterThan(tokenizerFor('openai', 'gpt-4o').count(text))
    expect(tokenizerFor('openai', 'gpt-4-turbo').count(text)).toBe(tokenizerFor('openai', 'gpt-3.5-turbo').count(text))
  })

  test('estimates by length elsewhere: 3.5 characters a token', () => {
    const { count, cut } = tokenizerFor('anthropic', 'claude-haiku-4-5')
    expect(['', 'a', 'abc', 'abcd', 'a'.repeat(7), 'a'.repeat(8)].map(count)).toEqual([0, 1, 1, 2, 2, 3])
    expect(cut('abcdefgh', 2)).toBe('abcdefg')
    expect(cut('abc', 9)).toBe('abc')
  })

  test('cuts where so many tokens end', () => {
    const { count, cut } = tokenizerFor('openai', 'gpt-4o')
    const text = 'one two three four five '.repeat(40)
    const part = cut(text, 50)
    expect(text.startsWith(part)).toBe(true)
    expect(count(part)).toBe(50)
    expect(cut(text, 0)).toBe('')
    expect(cut(text, count(text))).toBe(text)
    expect(cut(text, count(text) + 1)).toBe(text)
  })

  test('cuts long texts too, of which it reads a part after another', () => {
    const { count, cut } = tokenizerFor('openai', 'gpt-4o')
    const text = 'one two three four five '.repeat(2_000)
    const part = cut(text, 8_000)
    expect(text.startsWith(part)).toBe(true)
    expect(count(part)).toBe(8_000)
  })

  test('estimates what is longer than half a million characters by what it has counted', () => {
    const { count } = tokenizerFor('openai', 'gpt-4o')
    expect(count('word '.repeat(200_000)) / 200_000).toBeCloseTo(1, 2)
  })

  test('takes what looks like a special token for text', () => {
    expect(tokenizerFor('openai', 'gpt-4o').count('<|endoftext|>')).toBeGreaterThan(1)
  })
})

describe('the tokens of a prompt', () => {
  const count = (messages: object[], tools: object[] = [], dimensions?: number) =>
    promptTokens({ messages, tools, dimensions } as unknown as Parameters<typeof promptTokens>[0], letters)

  test('are counted up to each message, each in its frame', () => {
    // Three for the reply; three for each message, and its role.
    expect(count([message(), message({ role: 'system', text: '' })])).toEqual([3 + 3 + 4 + 3, 13 + 3 + 6])
  })

  test('are also those of calls, images and sounds', () => {
    const calls = [{ id: 'c', name: 'ab', arguments: 'cde' }]
    expect(count([message({ toolCalls: calls })])).toEqual([13 + 2 + 3 + 3])
    expect(count([message({ mediaTokens: 85 })])).toEqual([13 + 85])
  })

  test('are also those of tools, but for the ones that are deferred', () => {
    const tool = { name: 'ab' }
    expect(count([message()], [tool])).toEqual([13 + 3 + JSON.stringify(tool).length])
    expect(count([message()], [{ ...tool, deferred: true }])).toEqual([13])
  })

  test('that is embedded are those of its texts alone', () => {
    expect(count([message(), message({ text: 'de' })], [{ name: 'ab' }], 256)).toEqual([3, 5])
  })

  test('that is longer than any window are estimated from where half a million characters are counted', () => {
    let asked = 0
    const counting: Tokenizer = { ...letters, count: (text) => ((asked += 1), text.length) }
    const long = message({ text: 'x'.repeat(600_000) })
    const [first, second] = promptTokens({ messages: [long, long], tools: [], dimensions: 1 }, counting)
    expect([first, second, asked]).toEqual([600_000, 1_200_000, 1])
  })
})
