import { describe, expect, test } from 'vitest'
import { parseStrategy, type PatternError } from '../../../src/strategy/index.ts'
import { tokenize, unquote } from '../../../src/strategy/tokens.ts'

describe('a line', () => {
  test.each<[string, string[]]>([
    ['SET x = 3 # a comment', ['SET', 'x', '=', '3']],
    ['INTO INTOX IN IF ELSEIF ELSE', ['INTO', 'INTOX', 'IN', 'IF', 'ELSEIF', 'ELSE']],
    ['{{x}} 1m30s 1.5s 2seconds', ['{{x}}', '1m30s', '1.5s', '2', 'seconds']],
    ['1..3 1.5 1e-3 a.b', ['1', '..', '3', '1.5', '1e-3', 'a', '.', 'b']],
    ['x -> x == y - z >= 1 || 2', ['x', '->', 'x', '==', 'y', '-', 'z', '>=', '1', '||', '2']],
    [String.raw`"a \" b" 'c' don't`, [String.raw`"a \" b"`, "'c'", "don't"]],
  ])('%s has its tokens', (text, images) => {
    const { tokens, problem } = tokenize(text)
    expect([tokens.map(({ image }) => image), problem]).toEqual([images, undefined])
  })
})

describe('what no token fits is shown, the first of it', () => {
  test.each([
    ['LOG x ; "y', 7, '";" has no meaning here.', 'Write texts in quotes, such as "round over".'],
    ['LOG §§§ x', 5, '"§§§" has no meaning here.', 'Write texts in quotes, such as "round over".'],
    ['LOG a & b', 7, '"&" has no meaning here.', 'Write "and".'],
    ['LOG !a', 5, '"!" has no meaning here.', 'Write "not".'],
    ['LOG "abc', 5, 'This text has no closing quote.', 'Close it with " on the same line.'],
    ["SET x = { a: 'b\n  c: § }", 14, 'This text has no closing quote.', "Close it with ' on the same line."],
    [
      `LOG "${'a'.repeat(30)}" ${'§'.repeat(30)}`,
      38,
      `"${'§'.repeat(20)}" has no meaning here.`,
      'Write texts in quotes, such as "round over".',
    ],
  ])('%j', (text, column, problem, hint) => {
    let error: PatternError | undefined
    try {
      parseStrategy(text)
    } catch (thrown) {
      error = thrown as PatternError
    }
    expect(error).toMatchObject({ line: 1, column, problem, hint })
  })
})

test('a quote that nothing closes comes before what no token fits on a line below', () => {
  expect(tokenize('x "a\n§').problem).toEqual({ offset: 2, text: '"a' })
})

test.each([
  ['"plain"', 'plain'],
  [String.raw`'it\'s'`, "it's"],
  [String.raw`"a\nb\tc"`, 'a\nb\tc'],
  [String.raw`"\\n \q"`, String.raw`\n q`],
])('%s in quotes says %j', (image, text) => {
  expect(unquote(image)).toBe(text)
})
