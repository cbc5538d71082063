import { describe, expect, test } from 'vitest'
import { evaluate } from '../../../../../src/strategy/index.ts'

const scope = { list: ['a', 1, { b: 2 }], nothing: null, long: 'ab'.repeat(1_000_000) }

describe('a function about texts', () => {
  test.each<[string, unknown]>([
    ['[text("a"), text(1), text(list), text(nothing)]', ['a', '1', '["a",1,{"b":2}]', 'null']],
    ['upper("aB")', 'AB'],
    ['lower("aB")', 'ab'],
    ['trim("  a b ")', 'a b'],
    ['join(list)', 'a, 1, {"b":2}'],
    ['join(list, "")', 'a1{"b":2}'],
    ['join(list, nothing)', 'a, 1, {"b":2}'],
    ['split("a,b,", ",")', ['a', 'b', '']],
    ['split("ab", "")', ['a', 'b']],
    ['replace("a-b-c", "-", "+")', 'a+b+c'],
    ['replace("a.b", ".", "")', 'ab'],
    ['replace("ab", "x", "y")', 'ab'],
    ['len(replace(long, "a", "aaa"))', 4_000_000],
    ['[starts_with("abc", "ab"), starts_with("abc", "bc")]', [true, false]],
    ['[ends_with("abc", "bc"), ends_with("abc", "ab")]', [true, false]],
    ['[index_of("abcb", "b"), index_of("abc", "x")]', [1, -1]],
    ['[index_of(list, 1), index_of(list, "1")]', [1, -1]],
    // As `contains` and `in` do, it compares what is in lists and objects.
    ['index_of(list, { b: 2 })', 2],
    ['substring("hello", 1)', 'ello'],
    ['substring("hello", 1, 3)', 'el'],
    ['substring("hello", -3, nothing)', 'llo'],
  ])('%s is %j', (text, value) => {
    expect(evaluate(text, scope)).toEqual(value)
  })

  test.each([
    ['upper(5)', 'upper(text) needs a text as text, not the number 5'],
    ['join(["a", nothing])', 'join needs values, and item 1 of the list is nothing (null)'],
    ['replace("a", "", "b")', 'replace needs a part to replace that is not empty'],
    ['replace(long, "a", "aaaa")', 'replace gives more than 4000000 letters'],
    ['index_of("a1", 1)', 'index_of searches a text for a text, not for the number 1'],
    ['substring("a", 0.5)', 'substring(text, from, to?) needs a whole number as from, not the number 0.5'],
  ])('%s is refused', (text, problem) => {
    expect(() => evaluate(text, scope)).toThrow(`${text}: ${problem}.`)
  })
})
