import { describe, expect, test } from 'vitest'
import { evaluate } from '../../../../../src/strategy/index.ts'

const scope = {
  numbers: [3, 1, 2, 1],
  bids: [
    { who: 'ann', price: 3 },
    { who: 'ben', price: 1 },
    { who: 'cem', price: 3 },
  ],
  it: 'outside',
}

describe('a function that asks something of each item', () => {
  test.each<[string, unknown]>([
    ['filter(numbers, it > 1)', [3, 2]],
    ['filter(numbers, n -> n > 1)', [3, 2]],
    ['filter(bids, bid -> bid.price > 5)', []],
    ['map(bids, it.who)', ['ann', 'ben', 'cem']],
    ['map(bids, bid -> filter(numbers, it == bid.price))', [[3], [1, 1], [3]]],
    ['map(numbers, n -> map([n], m -> m + n))', [[6], [2], [4], [2]]],
    ['map(numbers, n -> it)', ['outside', 'outside', 'outside', 'outside']],
    ['[any(numbers, it == 2), any(numbers, it == 5), any([], true)]', [true, false, false]],
    ['[all(numbers, it > 0), all(numbers, it > 1), all([], false)]', [true, false, true]],
    ['find(bids, it.price == 3).who', 'ann'],
    ['find(bids, it.price == 5)', null],
    ['sort(numbers)', [1, 1, 2, 3]],
    ['sort(numbers, -it)', [3, 2, 1, 1]],
    ['sort([10, 9, 100])', [9, 10, 100]],
    ['sort(["b", "a", "B", "a"])', ['B', 'a', 'a', 'b']],
    // Those of the same price stay in their order.
    ['map(sort(bids, it.price), it.who)', ['ben', 'ann', 'cem']],
    ['map(sort(bids, it.who), it.price)', [3, 1, 3]],
    ['sort([[2], [1]])', [[1], [2]]],
    ['sort([])', []],
    ['sort([], it.price)', []],
  ])('%s is %j', (text, value) => {
    expect(evaluate(text, scope)).toEqual(value)
  })

  test.each([
    ['filter("abc", it)', 'filter(values, of) needs a list as values, not the text "abc"'],
    [
      'sort([1, "a"])',
      'sort needs values of one kind, not number and text. To sort by a property, write sort(…, it.score)',
    ],
    ['sort(bids, [it.price])', 'sort needs numbers or texts to sort by, not the list [3]'],
    ['sort(bids, it.age)', 'sort needs numbers or texts to sort by, not nothing (null)'],
    ['map(numbers, it.x)', 'there is no "x" in the number 3'],
  ])('%s is refused', (text, problem) => {
    expect(() => evaluate(text, scope)).toThrow(`${text}: ${problem}.`)
  })
})
