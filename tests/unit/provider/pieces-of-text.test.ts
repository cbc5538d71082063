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

const WORDS = 'word '.repeat(5_000)
test.each<[string, string, number[]]>([
  ['no text has no pieces', '', []],
  ['a short text is one piece', 'one two  three ', [15]],
  ['a word of 512 characters with its space is not cut', `b ${'a'.repeat(511)}`, [513]],
  ['a longer run is cut each 512 characters', 'a'.repeat(1_100), [512, 512, 76]],
  ['a long run parts what stands before it and after it', `one two ${'a'.repeat(600)} end`, [7, 512, 89, 4]],
  ['spaces belong to the word after them', `a${' '.repeat(600)}b c`, [1, 512, 89, 2]],
  ['words come together up to 16 thousand characters', WORDS, [16_389, 8_611]],
  ['words with two spaces between them too', WORDS.replaceAll(' ', '  '), [16_390, 13_610]],
  ['a character of two units is not parted', `a${'💥'.repeat(300)}`, [511, 90]],
  ['nor the first of them', `a${'\u{10000}'.repeat(300)}`, [511, 90]],
  ['nor the last of them', `a${'\u{10ffff}'.repeat(300)}`, [511, 90]],
  ['a cut after a whole character stays', '\u{10000}'.repeat(300), [512, 88]],
  ['half a character at the end stays there', `${'a'.repeat(600)}\ud800`, [512, 89]],
])('%s', (_, text, lengths) => {
  const pieces = [...piecesOfText(text)]
  expect(pieces.join('')).toBe(text)
  expect(pieces.map(({ length }) => length)).toEqual(lengths)
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
