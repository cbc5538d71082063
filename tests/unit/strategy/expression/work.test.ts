import { describe, expect, test } from 'vitest'
import { evaluate, type Json } from '../../../../src/strategy/index.ts'
import { Overrun, tooBig, Work } from '../../../../src/strategy/expression/index.ts'

/** Steps that an expression takes. */
function workOf(text: string, scope: Record<string, Json> = {}): number {
  const work = new Work()
  evaluate(text, scope, work)
  return work.done
}

const list = Array.from({ length: 320 }, () => 1)
const objects = Array.from({ length: 16 }, () => ({ a: 'x'.repeat(32) }))

describe('the work of an expression', () => {
  test.each<[string, number]>([
    // A step a part.
    ['1', 1],
    ['1 + 2 * 3', 5],
    ['zero and (1 + 1)', 2],
    // Of a text, a step for 32 letters that are written.
    ['long + ""', 3 + 10],
    ['"{{long}}!"', 2 + 321 / 32],
    ['upper(long)', 2 + 10],
    // Of a list, a step for 16 items that are copied.
    ['list + []', 3 + 20],
    ['reverse(list)', 2 + 20 + 20],
    ['range(320)', 2 + 20 + 20],
    ['range(100, 420)', 3 + 20 + 20],
    ['len(list)', 2 + 20],
    // A quarter of a step for an item that is looked at.
    ['2 in list', 3 + 320 / 4],
    ['list == list', 3 + 1 / 4],
    ['without(list, 2)', 3 + 20 + 160 + 20],
    ['filter(list, false)', 2 + 20 + 320],
    ['map(list, it)', 2 + 20 + 320 + 20],
    ['keys(object)', 2 + 2 / 4 + 1 + 2 / 16],
    ['text(objects)', 2 + 1 + 16 / 4 + 16 * (1 / 4 + 1) + 16 + 657 / 32],
  ])('%s takes %d steps', (text, steps) => {
    const scope = { zero: 0, long: 'x'.repeat(320), list, object: { a: 'x'.repeat(32), b: 1 }, objects }
    expect(workOf(text, scope)).toBeCloseTo(steps, 6)
  })

  test('may be limited', () => {
    expect(evaluate('1 + 2 * 3', {}, new Work(5))).toBe(7)
    expect(() => evaluate('1 + 2 * 3', {}, new Work(4.9))).toThrow(Overrun)
  })
})

describe('a value that is made', () => {
  test('has at most four million letters', () => {
    const half = 'x'.repeat(2_000_000)
    expect(evaluate('len(half + half)', { half })).toBe(4_000_000)
    expect(() => evaluate('half + half + "x"', { half })).toThrow(
      'half + half + "x": the result has 4000001 letters; a value may have at most 4000000.',
    )
  })

  test('has at most a million items', () => {
    const half = Array.from({ length: 500_000 }, () => 0)
    expect(evaluate('len(half + half)', { half })).toBe(1_000_000)
    expect(() => evaluate('half + half + [1]', { half })).toThrow(
      'half + half + [1]: the result has 1000001 items; a value may have at most 1000000.',
    )
  })
})

describe('a value that is kept', () => {
  const nested = (depth: number): Json => (depth === 0 ? [] : [nested(depth - 1)])
  const membersOf = (count: number): Json =>
    Object.fromEntries(Array.from({ length: count }, (_, nth) => [`m${nth}`, 0]))
  const million = Array.from({ length: 999_999 }, () => 0)
  const letters = 'x'.repeat(4_000_000)

  test.each<[string, Json, Json, string]>([
    ['deep', nested(200), nested(201), 'is nested more than 200 deep'],
    ['wide', membersOf(20_000), membersOf(20_001), 'has an object of more than 20000 members'],
    ['long', [million, million], [million, [...million, 0]], 'has more than 2000000 items and members in all'],
    ['full of letters', [letters, letters], [letters, letters, 'x'], 'has more than 8000000 letters in all'],
    [
      'full of letters within',
      { a: [letters], b: letters },
      { a: [letters], b: [letters, 'x'] },
      'has more than 8000000 letters in all',
    ],
  ])('is not too %s', (_, most, more, problem) => {
    expect([tooBig(most, new Work()), tooBig(more, new Work())]).toEqual([undefined, problem])
  })

  test('counts as work by its items', () => {
    const work = new Work()
    tooBig([[1, 2], { a: 'x' }, 'y', 3], work)
    expect(work.done).toBe(4 / 16 + 1 / 4 + 2 / 16 + 1 / 4 + 1 / 16)
  })
})
