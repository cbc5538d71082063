import { describe, expect, test } from 'vitest'
import { RetryBudget } from '../../../../src/orchestrator/questions/retry-budget.ts'

describe('the budget of retries', () => {
  test('allows twenty, and so many for each request', () => {
    const budget = new RetryBudget({ retryBudget: 2 })
    budget.request()
    for (let nth = 0; nth < 22; nth++) {
      expect(budget.isSpent).toBe(false)
      budget.retry()
    }
    expect(budget.isSpent).toBe(true)
    expect(new RetryBudget({ retryBudget: 2 }, budget.tries).isSpent).toBe(true)
  })
})
