import { describe, expect, test } from 'vitest'
import type { Json, Options } from '../../../../src/strategy/index.ts'
import { aggregate } from '../../../../src/orchestrator/effects/aggregate.ts'

const scores: Json = [
  { subject: 'a', data: { score: 1 } },
  { subject: 'a', data: { score: 3 } },
  { subject: 'b', data: { score: 8 } },
  { subject: 'b', data: {} },
]

describe('AGGREGATE', () => {
  test('measures numbers, by group too', () => {
    expect(
      aggregate({
        data: scores,
        method: 'statistical',
        options: { metric: 'mean', extract_field: 'data.score', group_by: 'subject' },
      }),
    ).toMatchObject({
      mean: 4,
      value: 4,
      median: 3,
      min: 1,
      max: 8,
      sum: 12,
      count: 3,
      groups: { a: { mean: 2 }, b: { mean: 8, count: 1 } },
      rankings: ['b', 'a'],
    })
  })

  test('leaves the ends out of a trimmed mean', () => {
    const data = [0, 5, 5, 5, 100]
    const options = { metric: 'trimmed_mean', trim_percent: 0.2 }
    expect(aggregate({ data, method: 'statistical', options })).toMatchObject({ value: 5 })
  })

  test('takes the mean of the two in the middle, and the spread around the mean', () => {
    expect(aggregate({ data: [8, 2, 4, 6], method: 'statistical' })).toMatchObject({
      median: 5,
      std_dev: Math.sqrt(5),
      overall_mean: 5,
      value: 5,
    })
    expect(aggregate({ data: [7], method: 'statistical', options: { metric: 'std_dev' } })).toMatchObject({ value: 0 })
  })

  test('trims a tenth of the numbers at each end, unless it is told how much, and never all of them', () => {
    const trimmed = (data: number[], more = {}): unknown =>
      (aggregate({ data, method: 'statistical', options: { metric: 'trimmed_mean', ...more } }) as { value: Json })
        .value
    const nine = [100, 2, 3, 4, 5, 6, 7, 8, 9]
    expect(trimmed(nine)).toBe(16)
    expect(trimmed([1, ...nine])).toBe(5.5)
    expect(trimmed([1, ...nine], { trim_percent: 0.5 })).toBe(5.5)
    expect(trimmed([1, 2, 9], { trim_percent: 0.5 })).toBe(2)
  })

  test('puts what is no number aside, and groups without one last', () => {
    const data: Json = [{ by: 'none', n: 'many' }, { by: 'low', n: 1 }, { by: 'high', n: 2 }, { n: 3 }, 7]
    expect(
      aggregate({ data, method: 'statistical', options: { metric: 'max', extract_field: 'n', group_by: 'by' } }),
    ).toMatchObject({
      count: 3,
      groups: { none: { count: 0, max: null }, low: { max: 1 }, high: { max: 2 } },
      rankings: ['null', 'high', 'low', 'none'],
    })
  })

  test('finds nothing on a path through what has no members', () => {
    const data: Json = [{ data: null }, { data: 'text' }, { data: 7 }, null, 'text', { data: { length: 5 } }]
    expect(aggregate({ data, method: 'statistical', options: { extract_field: 'data.length' } })).toMatchObject({
      count: 1,
      sum: 5,
    })
  })

  test('has no consensus of nobody, whatever the threshold', () => {
    expect(aggregate({ data: [], method: 'consensus', options: { threshold: 0 } })).toMatchObject({ consensus: false })
  })

  test.each([
    [{ data: 'x', method: 'vote' }, true],
    [{ data: [1, 'a'], method: 'merge' }, true],
    [{ data: [], method: 'vote', options: { weighs: [] } }, false],
    [{ data: [], method: 'guess' }, false],
  ])('%j is refused; a model may know the data: %s', (request, unknown) => {
    let error: unknown
    try {
      aggregate(request)
    } catch (thrown) {
      error = thrown
    }
    expect(error).toMatchObject({ kind: 'refused_request', unknown })
  })

  test('agrees when the threshold is met exactly; half of the votes where none is given', () => {
    const agreed = (data: Json[], options = {}): unknown =>
      (aggregate({ data, method: 'majority', options }) as { consensus: Json }).consensus
    expect(agreed(['a', 'b'])).toBe(true)
    expect(agreed(['a', 'b', 'c'])).toBe(false)
    expect(agreed(['a', 'a', 'a', 'b'], { threshold: 0.75 })).toBe(true)
    expect(agreed(['a', 'a', 'a', 'b'], { threshold: 0.76 })).toBe(false)
  })

  test('counts equal values as one, in the order of their votes, and no weight as none', () => {
    const data = [{ x: 1 }, 'b', { x: 1 }, 'b', 'b', 'c']
    expect(aggregate({ data, method: 'vote' })).toEqual({
      winner: 'b',
      confidence: 0.5,
      consensus: true,
      votes: [
        { value: 'b', votes: 3 },
        { value: { x: 1 }, votes: 2 },
        { value: 'c', votes: 1 },
      ],
      count: 6,
      rankings: ['b', { x: 1 }, 'c'],
    })
    expect(aggregate({ data: ['a', 'b'], method: 'weighted_consensus', options: { weights: [2] } })).toMatchObject({
      winner: 'a',
      confidence: 1,
      votes: [
        { value: 'a', votes: 2 },
        { value: 'b', votes: 0 },
      ],
    })
    expect(aggregate({ data: ['a'], method: 'vote', options: { weights: [0], threshold: 0 } })).toMatchObject({
      confidence: 0,
      consensus: true,
    })
  })

  test('has nothing to say of an empty list', () => {
    expect(aggregate({ data: [], method: 'statistical' })).toMatchObject({ mean: null, count: 0, rankings: [] })
    expect(aggregate({ data: [], method: 'consensus' })).toMatchObject({ winner: null, consensus: false })
  })

  test('finds what is said most, by weight', () => {
    const data = ['yes', 'no', 'yes']
    expect(aggregate({ data, method: 'consensus', options: { threshold: 0.6 } })).toMatchObject({
      winner: 'yes',
      confidence: 2 / 3,
      consensus: true,
    })
    expect(aggregate({ responses: data, method: 'vote', options: { weights: [1, 5, 1] } })).toMatchObject({
      winner: 'no',
    })
  })

  test('merges objects, and lists', () => {
    expect(aggregate({ data: [{ a: 1 }, { b: 2 }], method: 'merge' })).toEqual({ a: 1, b: 2 })
    expect(aggregate({ data: [[1], [2]], method: 'merge' })).toEqual([1, 2])
  })

  test.each([
    [{ data: 'x', method: 'vote' }, 'data is "x". Give a list'],
    [{ method: 'vote' }, 'data is null. Give a list'],
    [{ data: [[1], { a: 1 }], method: 'merge' }, 'only objects'],
    [{ data: [null], method: 'merge' }, 'only objects'],
    [{ data: [], method: 'guess' }, 'no method "guess"'],
    [{ data: [1, 'a'], method: 'merge' }, 'only objects'],
    [{ data: [], method: 'statistical', options: { metric: 'mode' } }, 'no metric "mode"'],
    [{ data: [], method: 'vote', options: { weighs: [] } }, 'no option "weighs"'],
  ])('%j is refused', (request, message) => {
    expect(() => aggregate(request)).toThrow(message)
  })

  test('ranks groups by the metric, those without it last, however small the others are', () => {
    const data: Json = [
      { by: 'empty', n: 'none' },
      { by: 'below', n: -5 },
      { by: 'nothing', n: 0 },
      { by: 'above', n: 5 },
    ]
    const options = { metric: 'sum', extract_field: 'n', group_by: 'by' }
    const one = (n: number) => ({
      mean: n,
      median: n,
      min: n,
      max: n,
      sum: n,
      count: 1,
      std_dev: 0,
      trimmed_mean: n,
    })
    expect(aggregate({ data, method: 'statistical', options })).toEqual({
      mean: 0,
      median: 0,
      min: -5,
      max: 5,
      sum: 0,
      count: 3,
      std_dev: Math.sqrt(50 / 3),
      trimmed_mean: 0,
      value: 0,
      overall_mean: 0,
      groups: {
        empty: {
          mean: null,
          median: null,
          min: null,
          max: null,
          sum: null,
          count: 0,
          std_dev: null,
          trimmed_mean: null,
        },
        below: one(-5),
        nothing: one(0),
        above: one(5),
      },
      rankings: ['above', 'nothing', 'below', 'empty'],
    })
  })

  test.each<[Options, string]>([
    [{ data: { a: 1 }, method: 'vote' }, 'AGGREGATE: data is {"a":1}. Give a list.'],
    [{ method: 'vote' }, 'AGGREGATE: data is null. Give a list.'],
    [{ data: [1], method: 'merge' }, 'AGGREGATE: merge accepts only objects, or only lists.'],
    [{ data: [], method: 'guess' }, 'AGGREGATE: there is no method "guess".'],
    [
      { data: [], method: 'statistical', options: { metric: 'mode' } },
      'AGGREGATE: there is no metric "mode". There are: mean, median, min, max, sum, count, std_dev, trimmed_mean.',
    ],
    [
      { data: [], method: 'vote', options: { weighs: [] } },
      'AGGREGATE: there is no option "weighs". Did you mean "weights"?',
    ],
  ])('%j is refused: %s', (request, message) => {
    expect(() => aggregate(request)).toThrow(expect.objectContaining({ message }) as Error)
  })
})
