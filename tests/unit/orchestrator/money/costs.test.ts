import { describe, expect, test } from 'vitest'
import { readCosts, saveCosts } from '../../../../src/orchestrator/money/claim.ts'
import { Costs } from '../../../../src/orchestrator/money/costs.ts'
import { settle } from '../../../../src/orchestrator/settle.ts'
import type { OrchestratorSettings } from '../../../../src/orchestrator/settings.ts'
import { target, Told } from '../questions/asking.ts'

const costs = (settings: OrchestratorSettings) => {
  const trace = new Told()
  return { trace, costs: new Costs(settle(settings, {}), trace) }
}
const PRICES = { mini: { input: 1, output: 2 } }
const ASKED = [{ role: 'user' as const, text: 'Your view?' }]
const USAGE = { input: 10, cachedInput: 0, cacheWrite: 0, output: 5 }

describe('a budget', () => {
  test('keeps back the worst case, and books what was reported', () => {
    const { costs: given } = costs({ budget: { limit: '0.01' }, prices: PRICES })
    const reservation = given.reserve('ann', target('mini'), ASKED, 100)
    expect(reservation.settle(USAGE)).toBe(20_000_000n)
    expect(given.spent).toBe(20_000_000n)
    const saved = saveCosts(given.total, given.byAgent)
    expect(readCosts(JSON.parse(JSON.stringify(saved)) as typeof saved)).toEqual({
      total: given.total,
      byAgent: given.byAgent,
    })
  })

  test('refuses a model whose price nobody knows, and says what to do', () => {
    const { costs: given, trace } = costs({ budget: { limit: '0.01' } })
    expect(() => given.reserve('ann', target('secret'), ASKED, 100)).toThrow(
      /cannot be kept: no price is known for openai\/secret\. Give it as orchestrator\.prices: \{ 'secret'/,
    )
    expect(trace.of('budget.refused')).toHaveLength(1)
    expect(given.spent).toBe(0n)
  })

  test('which is not set asks for no price', () => {
    const { costs: given } = costs({})
    expect(given.reserve('ann', target('secret'), ASKED, 100).settle(USAGE)).toBe(0n)
  })

  test.for([
    [{ budget: { limit: Number.NaN } }, 'budget.limit is NaN'],
    [{ budget: { limit: -1 } }, 'budget.limit is -1'],
    [{ prices: { mini: { input: -1, output: 2 } } }, "prices['mini'].input is -1"],
    [{ prices: { mini: { input: 1, output: Number.NaN } } }, "prices['mini'].output is NaN"],
  ] as const)('is not set to what is no amount', ([settings, message]) => {
    expect(() => settle(settings, {})).toThrow(message)
  })

  test('is not set by a variable that is none', () => {
    expect(() => settle({}, { budget_limit: true })).toThrow(
      "budget.limit is true. Give US dollars, such as 0.5 or '0.50'.",
    )
  })
})
