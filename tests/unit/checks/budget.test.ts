import { describe, expect, test } from 'vitest'
import { call, event, finds, story } from '../../given/story.ts'

describe('budget', () => {
  const bill = (...costs: number[]) =>
    story(...costs.map((cost, nth) => call(nth + 1, { from: nth * 1_000, to: nth * 1_000 + 500, cost: cost * 1e12 })))
  test('a budget may be spent to the last, and not beyond', () => {
    expect(finds('budget', bill(1, 1), { limit: 2 })).toEqual([])
    expect(finds('budget', bill(1, 1.5), { limit: 2 })).toEqual([
      'the provider billed $2.50 against a budget of $2.00; call 2 of ann passed it',
    ])
    expect(finds('budget', bill(1, 1.5, 0), { limit: 2 })).toEqual([
      'the provider billed $2.50 against a budget of $2.00, and 1 more call(s) were made: call 3 of ann; call 2 of ann passed it',
    ])
    expect(finds('budget', bill(1), { limit: 0 })).toHaveLength(1)
  })

  test('a call counts when it is billed, and calls that follow in the trace are made after it, also at the same moment', () => {
    const costs = [call(1, { from: 0, to: 9_000, cost: 1e12 }), call(2, { from: 1_000, to: 2_000, cost: 2e12 })]
    expect(finds('budget', story(...costs), { limit: 2.5 })).toEqual([
      'the provider billed $3.00 against a budget of $2.50; call 1 of ann passed it',
    ])
    const after = (from: number) => finds('budget', story(...costs, call(3, { from, to: 2_600 })), { limit: 1.5 })
    const ONE_MORE =
      'the provider billed $2.00 against a budget of $1.50, and 1 more call(s) were made: call 3 of ann; call 2 of ann passed it, with call 1 of ann in progress; the final sum is $3.00, 200% of the budget'
    expect(after(2_500)).toEqual([ONE_MORE])
    expect(after(2_000)).toEqual([ONE_MORE])
  })

  test('those who had calls in progress, or made more, are named', () => {
    const cost = 1e12
    const all = [
      call(1, { agent: 'ann', from: 0, to: 5_000, cost }),
      call(2, { agent: 'ben', from: 0, to: 6_000, cost }),
      call(3, { agent: 'cem', from: 0, to: 6_000, cost }),
      call(4, { agent: 'ben', from: 1_000, cost }),
      call(5, { agent: 'ann', from: 7_000, to: 8_000, cost }),
      call(6, { agent: 'cem', from: 7_000, to: 8_000, cost: 0 }),
    ]
    expect(finds('budget', story(...all), { limit: 0.5 })).toEqual([
      'the provider billed $1.00 against a budget of $0.50, and 2 more call(s) were made: call 5 of ann, call 6 of cem; call 1 of ann passed it, with calls 2, 4 of ben, call 3 of cem in progress; the final sum is $4.00, 800% of the budget',
    ])
  })

  test('the limit that the orchestrator tells counts where none is set', () => {
    const checked = (spent: string, limit: string | null) =>
      finds('budget', story(event(0, { type: 'cost.checked', spent, limit })))
    expect(checked('2', '2')).toEqual([])
    expect(checked('2', null)).toEqual([])
    expect(checked('3000000000000', '2000000000000')).toEqual(['the orchestrator spent $3.00 of a budget of $2.00'])
    const later = [
      call(1, { from: 0, to: 500 }),
      call(2, { agent: 'ben', from: 0, to: 2_000 }),
      event(1_000, { type: 'cost.checked', spent: '3000000000000', limit: '2000000000000' }),
      event(2_000, { type: 'cost.checked', spent: '4000000000000', limit: '2000000000000' }),
    ]
    expect(finds('budget', story(...later))).toEqual([
      'the orchestrator spent $3.00 of a budget of $2.00, with call 2 of ben in progress; the final sum is $4.00, 200% of the budget',
    ])
  })
})
