import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodings } from '../../../src/packages/index.ts'
import { piecesOfText } from '../../../src/provider/pieces-of-text.ts'
import { promptTokens, tokenizerFor } from '../../../src/provider/tokens.ts'

const { encode } = encodings.o200k_base()
const AS_TEXT = { disallowedSpecial: new Set<string>() }
const tokenizer = tokenizerFor('openai', 'gpt-4o')

test('the pieces of a text are the text, and no run in one is long', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          fc.string({ unit: 'grapheme' }),
          fc.nat(2_000).map((n) => 'a'.repeat(n)),
          fc.constant('   '),
        ),
        {
          maxLength: 20,
        },
      ),
      (parts) => {
        const text = parts.join(' ')
        expect([...piecesOfText(text)].join('')).toBe(text)
      },
    ),
  )
})

test('tokens of ordinary text are exact', () => {
  const words = fc.array(
    fc.string({ maxLength: 12 }).map((word) => word.replaceAll(/\s/g, '')),
    { maxLength: 6_000 },
  )
  fc.assert(
    fc.property(words, (all) => {
      const text = all.filter((word) => word !== '').join(' ')
      expect(tokenizer.count(text)).toBe(encode(text, AS_TEXT).length)
    }),
    { numRuns: 20 },
  )
})

test.each([
  ['one letter two million times', 'a'.repeat(2_000_000)],
  ['spaces', ' '.repeat(1_000_000)],
  ['line ends', '\n'.repeat(1_000_000)],
  ['characters of four bytes', '💥'.repeat(300_000)],
  ['thirty megabytes of words', 'a word '.repeat(4_500_000)],
])('%s are counted and cut, as anything else', (_, text) => {
  expect(tokenizer.count(text)).toBeGreaterThan(1_000)
  expect(text.startsWith(tokenizer.cut(text, 10).replaceAll('\ufffd', ''))).toBe(true)
})

test('of a prompt that fits into no window the rest is taken to be like what was counted', () => {
  const message = {
    role: 'user',
    text: 'one two three four five six seven. '.repeat(1_000),
    toolCalls: [],
    cacheBreakpoint: false,
  } as const
  const each = tokenizer.count(message.text)
  const counted = promptTokens(
    { messages: Array.from({ length: 100 }, () => message), tools: [], dimensions: undefined },
    tokenizer,
  )
  expect(counted.at(-1)! / (100 * each)).toBeCloseTo(1, 1)
})
