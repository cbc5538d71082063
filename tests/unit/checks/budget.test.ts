import { describe, expect, test } from 'vitest'
import { call, event, finds, story } from '../../given/story.ts'

describe('budget', () => {
  const bill = (...costs: number[]) =>
    story(...costs.map((cost, nth) => call(nth + 1, { from: nth * 1_000, to: nth * 1_000 + 500, cost: cost * 1e12 })))
  test('a budget may be spent to the last, and not beyond', () => {
    expect(finds('budget', bill(1, 1), { limit: 2 })).toEqual([])
    expect(finds('budget', bill(1, 1.5), { limit: 2 })).toEqual(['the provider billed $2.50 against a budget of $2.00'])
    expect(finds('budget', bill(1, 1.5, 0), { limit: 2 })).toEqual([
      'the provider billed $2.50 against a budget of $2.00, and 1 more call(s) were made',
    ])
  })

  test('a call counts when it is billed, and calls that follow in the trace are made after it, also at the same moment', () => {
    const costs = [call(1, { from: 0, to: 9_000, cost: 1e12 }), call(2, { from: 1_000, to: 2_000, cost: 2e12 })]
    expect(finds('budget', story(...costs), { limit: 2.5 })).toEqual([
      'the provider billed $3.00 against a budget of $2.50',
    ])
    expect(finds('budget', story(...costs, call(3, { from: 2_500, to: 2_600 })), { limit: 1.5 })).toEqual([
      'the provider billed $2.00 against a budget of $1.50, and 1 more call(s) were made',
    ])
    expect(finds('budget', story(...costs, call(3, { from: 2_000, to: 2_600 })), { limit: 1.5 })).toEqual([
      'the provider billed $2.00 against a budget of $1.50, and 1 more call(s) were made',
    ])
  })

  test('the limit that the orchestrator tells counts where none is set', () => {
    const checked = (spent: string, limit: string | null) =>
      finds('budget', story(event(0, { type: 'cost.checked', spent, limit })))
    expect(checked('2', '2')).toEqual([])
    expect(checked('2', null)).toEqual([])
    expect(checked('3000000000000', '2000000000000')).toEqual(['the orchestrator spent $3.00 of a budget of $2.00'])
  })
})
