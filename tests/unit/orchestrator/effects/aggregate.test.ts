import { describe, expect, test } from 'vitest'
import type { Json } from '../../../../src/strategy/index.ts'
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
    [{ data: 'x', method: 'vote' }, 'Give a list'],
    [{ data: [1, 'a'], method: 'merge' }, 'only objects'],
    [{ data: [], method: 'statistical', options: { metric: 'mode' } }, 'no metric "mode"'],
    [{ data: [], method: 'vote', options: { weighs: [] } }, 'no option "weighs"'],
  ])('%j is refused', (request, message) => {
    expect(() => aggregate(request)).toThrow(message)
  })
})
