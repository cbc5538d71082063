import { describe, expect, test } from 'vitest'
import { evaluate, type Json } from '../../../../../src/strategy/index.ts'

const scope: Record<string, Json> = {
  list: ['a', 'b', 'c'],
  objects: [{ a: 1 }, { a: 2, b: [3] }],
  object: { a: 1, b: null },
  nothing: null,
}

describe('a function about lists and objects', () => {
  test.each<[string, unknown]>([
    ['len("four")', 4],
    ['len(list)', 3],
    ['len(object)', 2],
    ['contains("abc", "bc")', true],
    ['contains("abc", "x")', false],
    ['contains(objects, { b: [3], a: 2 })', true],
    ['contains(objects, { a: 2 })', false],
    ['[is_number(1), is_number("1")]', [true, false]],
    ['[is_text("1"), is_text(null)]', [true, false]],
    ['[is_list(list), is_list(object)]', [true, false]],
    ['[is_object(object), is_object(list), is_object(nothing)]', [true, false, false]],
    ['keys(object)', ['a', 'b']],
    ['values(object)', [1, null]],
    ['values(list)', ['a', 'b', 'c']],
    ['get(object, "a")', 1],
    ['get(object, "b", 5)', null],
    ['get(object, "c", 5)', 5],
    ['get(object, "c")', null],
    ['get(object, "toString")', null],
    ['get(list, 1)', 'b'],
    ['get(list, -1)', 'c'],
    ['get(list, 3, "none")', 'none'],
    ['get(list, 3)', null],
    ['get(list, "a", 5)', 5],
    ['get(nothing, "a", 5)', 5],
    ['get("text", 0, 5)', 5],
    ['get("text", 0)', null],
    ['merge(object, { b: 2, c: 3 })', { a: 1, b: 2, c: 3 }],
    ['pluck(objects, "b")', [null, [3]]],
    ['pluck([], "b")', []],
    ['[first(list), last(list)]', ['a', 'c']],
    ['[first([]), last([])]', [null, null]],
    ['slice(list, 1)', ['b', 'c']],
    ['slice(list, 0, 2)', ['a', 'b']],
    ['slice(list, -2, -1)', ['b']],
    ['slice("text", 1, nothing)', 'ext'],
    ['chunk(list, 2)', [['a', 'b'], ['c']]],
    ['chunk(list, 3)', [['a', 'b', 'c']]],
    ['chunk([], 3)', []],
    ['reverse(list)', ['c', 'b', 'a']],
    [
      'unique([1, "1", 1, null, null, true, { a: 1 }, { a: 1 }, [1], [1], "[1]"])',
      [1, '1', null, true, { a: 1 }, [1], '[1]'],
    ],
    ['without([1, 2, 1, "1"], 1)', [2, '1']],
    ['without(objects, { a: 1 })', [{ a: 2, b: [3] }]],
    ['objects.pluck("a").reverse()', [2, 1]],
  ])('%s is %j', (text, value) => {
    expect(evaluate(text, scope)).toEqual(value)
  })

  test.each([
    ['len(nothing)', 'len(value) needs a text, a list or an object as value, not nothing (null)'],
    ['contains(5, 1)', 'contains(value, part) needs a text or a list as value, not the number 5'],
    ['contains("abc", 1)', 'contains searches a text for a text, not for the number 1'],
    ['keys(list)', 'keys(value) needs an object as value, not the list ["a","b","c"]'],
    ['values("abc")', 'values(value) needs a list or an object as value, not the text "abc"'],
    ['get(object, true)', 'get(value, name, fallback?) needs a text or a number as name, not the boolean true'],
    ['merge(object, list)', 'merge(first, second) needs an object as second, not the list ["a","b","c"]'],
    ['pluck(list, "a")', 'pluck needs objects, and item 0 of the list is the text "a"'],
    ['pluck([object, nothing], "a")', 'pluck needs objects, and item 1 of the list is nothing (null)'],
    ['slice(list, 0.5)', 'slice(value, from, to?) needs a whole number as from, not the number 0.5'],
    ['slice(list, 0, 1.5)', 'slice(value, from, to?) needs a whole number as to, not the number 1.5'],
    ['chunk(list, 0)', 'chunk(values, size) needs a whole number from 1 as size, not the number 0'],
    ['chunk(list, 1.5)', 'chunk(values, size) needs a whole number from 1 as size, not the number 1.5'],
    ['reverse("abc")', 'reverse(values) needs a list as values, not the text "abc"'],
  ])('%s is refused', (text, problem) => {
    expect(() => evaluate(text, scope)).toThrow(`${text}: ${problem}.`)
  })
})

describe('a function is given too few values, or too many', () => {
  test.each([
    ['len()', 'len(value) takes 1 value, not 0'],
    ['merge(object)', 'merge(first, second) takes 2 values, not 1'],
    ['get(object)', 'get(value, name, fallback?) takes 2 to 3 values, not 1'],
    ['get(object, "a", 1, 2)', 'get(value, name, fallback?) takes 2 to 3 values, not 4'],
    ['sum()', 'sum(values, …) takes 1 or more values, not 0'],
    ['now(1)', 'now() takes 0 values, not 1'],
    ['random(1, 2, 3)', 'random(from?, to?) takes 0 to 2 values, not 3'],
  ])('%s', (text, problem) => {
    expect(() => evaluate(text, scope)).toThrow(expect.objectContaining({ message: problem, problem: 'type' }))
  })
})
