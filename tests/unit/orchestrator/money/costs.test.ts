import { describe, expect, test } from 'vitest'
import { formatDollars } from '../../../../src/money/index.ts'
import { readCosts, saveCosts } from '../../../../src/orchestrator/money/reported-cost.ts'
import { Costs } from '../../../../src/orchestrator/money/costs.ts'
import { resolveSettings } from '../../../../src/orchestrator/resolve-settings.ts'
import type { OrchestratorSettings } from '../../../../src/orchestrator/settings.ts'
import { target, Told } from '../../../given/ask.ts'

const costs = (settings: OrchestratorSettings) => {
  const trace = new Told()
  return { trace, costs: new Costs(resolveSettings(settings, {}), trace) }
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

  test('allows the call that meets it exactly, and refuses one that costs a picodollar more', () => {
    // 10 bytes and two frames of 16 tokens, and 100 tokens of output.
    const worst = (10 + 32) * 1_000_000 + 100 * 2_000_000
    const within = costs({ budget: { limit: BigInt(worst) }, prices: PRICES })
    within.costs.reserve('ann', target('mini'), ASKED, 100).keep()
    expect(within.costs.spent).toBe(within.costs.limit)
    expect(within.trace.of('budget.refused')).toEqual([])

    const short = costs({ budget: { limit: BigInt(worst - 1) }, prices: PRICES })
    expect(() => short.costs.reserve('ann', target('mini'), ASKED, 100)).toThrow(
      'The budget of $0.000241999999 does not allow another call to mini: the call may cost $0.000242, ' +
        'and $0.000241999999 remains ($0.00 spent, $0.00 reserved for calls in flight).',
    )
    expect(short.trace.of('budget.refused')).toEqual([
      { type: 'budget.refused', agent: 'ann', model: 'mini', worst, left: worst - 1 },
    ])
    expect(short.costs.spent).toBe(0n)
  })

  test('holds for calls under way and calls that are over together', () => {
    const worst = (10 + 32) * 1_000_000 + 100 * 2_000_000
    const { costs: given } = costs({ budget: { limit: BigInt(2 * worst) }, prices: PRICES })
    const reserve = () => given.reserve('ann', target('mini'), ASKED, 100)
    const first = reserve()
    const second = reserve()
    expect(reserve).toThrow('reserved for calls in flight')
    first.release()
    const third = reserve()
    expect(reserve).toThrow('budget')
    second.keep()
    third.settle(USAGE)
    expect(reserve).toThrow('$0.000242 spent'.replace('$0.000242', formatDollars(given.spent)))
    expect(given.total).toMatchObject({ calls: 3, known: 20_000_000n, uncertain: BigInt(worst) })
  })

  test('is tight from the share on at which the cheaper model is asked', () => {
    const { costs: given } = costs({ budget: { limit: '0.0001', fallbackAt: 0.2 }, prices: PRICES })
    given.bookUncertain('ann', 'mini', 19_999_999n)
    expect(given.isTight).toBe(false)
    given.bookUncertain('ann', 'mini', 1n)
    expect(given.isTight).toBe(true)
  })

  test('refuses a model whose price nobody knows, and says what to do', () => {
    const { costs: given, trace } = costs({ budget: { limit: '0.01' } })
    expect(() => given.reserve('ann', target('secret'), ASKED, 100)).toThrow(
      /cannot be enforced, because openai\/secret has no known price\. Set the price in orchestrator\.prices: \{ 'secret'/,
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
    expect(() => resolveSettings(settings, {})).toThrow(message)
  })

  test('is not set by a variable that is none', () => {
    expect(() => resolveSettings({}, { budget_limit: true })).toThrow(
      "budget.limit is true. Give US dollars, such as 0.5 or '0.50'.",
    )
  })
})
