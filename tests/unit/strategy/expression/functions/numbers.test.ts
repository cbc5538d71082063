import { describe, expect, test, vi } from 'vitest'
import { constantOf, evaluate } from '../../../../../src/strategy/index.ts'

const scope = { list: [3, 1, 2], nothing: null }

describe('a function about numbers', () => {
  test.each<[string, unknown]>([
    ['range(3)', [0, 1, 2]],
    ['range(3, nothing)', [0, 1, 2]],
    ['range(2, 5)', [2, 3, 4]],
    ['RANGE(-1, 1)', [-1, 0]],
    ['range(5, 2)', []],
    ['range(0)', []],
    ['len(range(1000000))', 1_000_000],
    ['[sum(list), sum(1, 2), sum(1), sum([])]', [6, 3, 1, 0]],
    ['[mean(list), mean(1, 2), mean([])]', [2, 1.5, null]],
    ['avg(1, 2, 6)', 3],
    ['[min(list), min(2, -1)]', [1, -1]],
    ['[max(list), max(2, -1)]', [3, 2]],
    ['[abs(-2), floor(-1.5), ceil(1.2)]', [2, -2, 2]],
    ['[round(2.5), round(2.345, 1), round(2.345, nothing), round(1, 20)]', [3, 2.3, 2, 1]],
    ['[number(2), number("2.5"), number(" -1e3 ")]', [2, 2.5, -1000]],
  ])('%s is %j', (text, value) => {
    expect(evaluate(text, scope)).toEqual(value)
  })

  test.each([
    ['range(1000001)', 'range(0, 1000001) has more than 1000000 numbers'],
    ['range(5, 1000006)', 'range(5, 1000006) has more than 1000000 numbers'],
    ['range("3")', 'range(from, to?) needs a whole number as from, not the text "3"'],
    ['sum("3")', 'sum(values, …) needs numbers as values, not the text "3"'],
    ['sum(["3"])', 'sum(values, …) needs numbers as values, not the list ["3"]'],
    ['sum(1, list)', 'sum needs numbers, or one list of them, not the list [3,1,2]'],
    ['mean(list, 1)', 'mean needs numbers, or one list of them, not the list [3,1,2]'],
    ['min([])', 'min needs at least one number: the list is empty'],
    ['max([])', 'max needs at least one number: the list is empty'],
    ['abs("1")', 'abs(value) needs a number as value, not the text "1"'],
    ['round(1, -1)', 'round takes 0 to 20 digits, not -1'],
    ['round(1, 21)', 'round takes 0 to 20 digits, not 21'],
    ['number("")', 'number needs a number, or a text that is one, not the text ""'],
    ['number("2 apples")', 'number needs a number, or a text that is one, not the text "2 apples"'],
    ['number("Infinity")', 'number needs a number, or a text that is one, not the text "Infinity"'],
    ['number(nothing)', 'number needs a number, or a text that is one, not nothing (null)'],
  ])('%s is refused', (text, problem) => {
    expect(() => evaluate(text, scope)).toThrow(`${text}: ${problem}.`)
  })

  test('now is the second of the clock in force', () => {
    vi.useFakeTimers({ now: 1_700_000_000_500 })
    try {
      expect([evaluate('now()', {}), evaluate('NOW()', {})]).toEqual([1_700_000_000.5, 1_700_000_000.5])
    } finally {
      vi.useRealTimers()
    }
  })

  test.each([
    ['random()', 0.25],
    ['random(8)', 6.25],
    ['RANDOM(10, 20)', 12.5],
    ['random(nothing, 4)', 1],
    ['random(2, nothing)', 1.75],
  ])('%s is drawn between its ends', (text, value) => {
    const drawn = vi.spyOn(Math, 'random').mockReturnValue(0.25)
    try {
      expect(evaluate(text, scope)).toBe(value)
    } finally {
      drawn.mockRestore()
    }
  })

  test('what time or chance decides is not known before anything runs', () => {
    expect([constantOf('now()'), constantOf('1 + random()'), constantOf('1 + max(1, 2)')]).toEqual([
      undefined,
      undefined,
      { value: 3 },
    ])
  })
})
