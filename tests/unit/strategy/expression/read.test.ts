import { describe, expect, test } from 'vitest'
import { evaluate, ExpressionError, problemOfExpression } from '../../../../src/strategy/index.ts'

describe('what is no expression is said with its place', () => {
  test.each([
    ['', 0, 'the expression ends too early'],
    ['1 +', 3, 'the expression ends too early'],
    ['(1', 2, 'the expression ends too early'],
    ['1)', 1, '")" is not allowed here'],
    ['a b', 0, 'an operator is missing before "b"'],
    ['1 "a"', 0, 'an operator is missing before ""a""'],
    ['a and', 5, 'the expression ends too early'],
    ['a and or b', 6, '"or" is not allowed here'],
    ['* 2', 0, '"*" is not allowed here'],
    ['a = 1', 2, '"=" assigns a value; to compare, write "=="'],
    ['a.1', 2, '"1" is not allowed here'],
    ['a.', 2, 'the expression ends too early'],
    ['[1 2]', 0, 'an operator is missing before "2"'],
    ['[1', 2, 'the expression ends too early'],
    ['{ a: 1', 6, 'the expression ends too early'],
    ['{ +: 1 }', 2, '"+" is not allowed here'],
    ['{ "a" }', 6, '"}" is not allowed here'],
    ['{ [a] }', 6, '"}" is not allowed here'],
    ['{ a: 1, a: 2 }', 8, 'the object contains the name "a" twice'],
    ['{ a: 1, "a": 2 }', 8, 'the object contains the name "a" twice'],
    ['{ __proto__: 1 }', 2, '"__proto__" cannot be a name'],
    ['{ "constructor": 1 }', 2, '"constructor" cannot be a name'],
    ['a.prototype', 2, '"prototype" cannot be a name'],
    ['1 + constructor', 4, '"constructor" cannot be a name'],
    ['a ? 1', 5, 'the expression ends too early'],
    ['a[1', 3, 'the expression ends too early'],
    ['1 § 2', 2, '"§" has no meaning in an expression'],
    ['"open', 0, '"\\"open" has no meaning in an expression'],
    ['1e999', 0, '1e999 is too large for a number'],
    ['"{{a b}}"', 3, '{{a b}}: an operator is missing before "b"'],
    ['x -> x', 2, '"->" is not allowed here'],
    ['1 + lne(2)', 4, 'there is no function "lne". Did you mean "len"?'],
    ['1 + len(2, 3)', 4, 'len(value) takes 1 value, not 2'],
    ['list.join(1, 2)', 5, 'join(values, separator?) takes 1 to 2 values, not 3'],
  ])('%j', (text, at, message) => {
    expect(problemOfExpression(text)).toMatchObject({ at, message })
  })

  test('a function that may be one elsewhere is unknown, one that is misspelt is a mistake', () => {
    expect(problemOfExpression('fancy(1)')).toMatchObject({ problem: 'name', unknown: true })
    expect(problemOfExpression('lenn(1)')).toMatchObject({ problem: 'name', unknown: false })
    expect(problemOfExpression('"{{fancy(1)}}"')).toMatchObject({ problem: 'name', unknown: true, at: 3 })
    expect(problemOfExpression('"{{lenn(1)}}"')).toMatchObject({ problem: 'name', unknown: false, at: 3 })
    expect(problemOfExpression('"{{1 +}}"')).toMatchObject({ problem: 'value', unknown: true, at: 6 })
  })
})

describe('an expression is limited', () => {
  test.each([
    [
      'so many letters',
      (count: number) => `"${'a'.repeat(count - 2)}"`,
      10_000,
      'the expression has more than 10000 characters',
    ],
    [
      'so many brackets',
      (count: number) => `${'('.repeat(count - 1)}1${')'.repeat(count - 1)}`,
      100,
      'the expression is nested more than 100 deep',
    ],
    [
      'so many operators',
      (count: number) => `1${' + 1'.repeat(count)}`,
      1_500,
      'the expression has more than 1500 operators',
    ],
    [
      'so many members',
      (count: number) => `a${'.b'.repeat(count)}`,
      1_500,
      'the expression has more than 1500 operators',
    ],
    [
      'so many items',
      (count: number) => `a${'[0]'.repeat(count)}`,
      1_500,
      'the expression has more than 1500 operators',
    ],
  ])('to %s', (_, text, most, message) => {
    expect(problemOfExpression(text(most))).toBeUndefined()
    expect(problemOfExpression(text(most + 1))).toMatchObject({ message })
  })
})

test.each<[string, unknown]>([
  ['1 + 2 * 3 ^ 2', 19],
  ['(1 + 2) * 3', 9],
  ['2 * -3 ^ 2', -18],
  ['not 1 == 2 and true', true],
  ['1 or 0 and 0', 1],
  ['1 + 1 == 2 ? "a" : "b"', 'a'],
  ['0 ? 1 : 0 ? 2 : 3', 3],
  ['1 ? 0 ? 1 : 2 : 3', 2],
  ['[1, 2,]', [1, 2]],
  ['[]', []],
  ['{ a: 1, 2: 3, SET: 4, "x y": 5, }', { a: 1, 2: 3, SET: 4, 'x y': 5 }],
  ['{ SET: 1 }.SET', 1],
  ['max(1, 2,)', 2],
  ['1m30s', 90],
  ['100ms + 1h', 3600.1],
  ['"a\\"b"', 'a"b'],
  ['"{{ { a: 1 } }}"', { a: 1 }],
  ['"{{ {a: 1}}}"', { a: 1 }],
  ['"{{a"', '{{a'],
  ['"{{ a {{1}}"', '{{ a 1'],
  ['"x{{1}}y{{2}}z"', 'x1y2z'],
])('%s is %j', (text, value) => {
  expect(evaluate(text, {})).toEqual(value)
})

test('an error is the same each time that the expression is read', () => {
  for (const _ of [1, 2]) expect(() => evaluate('1 +', {})).toThrow(ExpressionError)
})
