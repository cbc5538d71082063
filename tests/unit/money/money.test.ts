import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { costOf, formatDollars, parseDollars } from '../../../src/money/index.ts'
import { Ledger } from '../../../src/provider/ledger.ts'

const tokens = fc.nat(2_000_000)
/** A price of up to six decimals, as text. */
const price = fc.tuple(fc.nat(200), fc.nat(999_999)).map(([whole, part]) => `${whole}.${String(part).padStart(6, '0')}`)

/** Rational arithmetic on the decimal text: millionths of a dollar for a million tokens are picodollars for one. */
const rational = (text: string, count: number): bigint => BigInt(text.replace('.', '')) * BigInt(count)

test('the cost of a call equals rational arithmetic on the printed prices', () => {
  const call = fc.record({
    fresh: tokens,
    cachedInput: tokens,
    cacheWrite: tokens,
    output: tokens,
    prices: fc.tuple(price, price, price, price),
  })
  fc.assert(
    fc.property(call, ({ fresh, cachedInput, cacheWrite, output, prices }) => {
      const [input, cached, write, out] = prices
      const usage = { input: fresh + cachedInput + cacheWrite, cachedInput, cacheWrite, output, reasoning: 0 }
      const oracle =
        rational(input, fresh) + rational(cached, cachedInput) + rational(write, cacheWrite) + rational(out, output)
      const cost = costOf(usage, {
        input: Number(input),
        cachedInput: Number(cached),
        cacheWrite: Number(write),
        output: Number(out),
      })
      expect(BigInt(cost)).toBe(oracle)
    }),
    { seed: 1, numRuns: 2_000 },
  )
})

test('the ledger of many calls is their sum, by agent and in all', () => {
  const entry = fc.record({
    agent: fc.constantFrom('ann', 'ben', 'cem'),
    cost: fc.nat(Number.MAX_SAFE_INTEGER),
    status: fc.constantFrom('completed' as const, 'failed' as const),
  })
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 200 }), (entries) => {
      const ledger = new Ledger()
      const usage = { input: 1, cachedInput: 0, cacheWrite: 0, output: 1, reasoning: 0 }
      for (const one of entries) ledger.book({ ...one, cost: BigInt(one.cost), usage, model: 'm', provider: 'p' })
      const sum = (agent?: string) =>
        entries.filter((one) => !agent || one.agent === agent).reduce((total, { cost }) => total + BigInt(cost), 0n)
      expect(ledger.total.cost).toBe(sum())
      for (const agent of ['ann', 'ben', 'cem']) expect(ledger.agent(agent).cost).toBe(sum(agent))
    }),
    { seed: 1, numRuns: 200 },
  )
})

test('a price that rises with the prompt counts for the whole call', () => {
  const prices = {
    input: { base: 3, tiers: [{ start: 200_000, price: 6 }] },
    output: { base: 15, tiers: [{ start: 200_000, price: 22.5 }] },
  }
  const usage = { input: 200_000, cachedInput: 0, cacheWrite: 0, output: 1_000, reasoning: 0 }
  expect(formatDollars(costOf(usage, prices))).toBe('$0.615')
  expect(formatDollars(costOf({ ...usage, input: 200_001 }, prices))).toBe('$1.222506')
})

test('amounts survive being written and read', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 20n }), (pico) => {
      expect(parseDollars(formatDollars(pico))).toBe(pico)
    }),
    { seed: 1 },
  )
})

test.each(['', 'one dollar', '-1', '1.2.3', '0.0000000000001', Number.NaN])('%s is no amount', (given) => {
  expect(() => parseDollars(given)).toThrow(/is not an amount of money/)
})
