import { expect, test } from 'vitest'
import { Ledger, type Entry } from '../../../src/provider/ledger.ts'

const entry = (over: Partial<Entry> = {}): Entry => ({
  agent: 'ann',
  model: 'gpt-4o',
  provider: 'openai',
  usage: { input: 1, cachedInput: 2, cacheWrite: 3, output: 4, reasoning: 5 },
  cost: 7n,
  status: 'completed',
  ...over,
})

test('calls are summed up in all, by agent, by model and by service', () => {
  const ledger = new Ledger()
  ledger.book(entry())
  ledger.book(entry({ agent: 'ben', status: 'failed', cost: 3n }))
  ledger.book(entry({ model: 'haiku', provider: 'anthropic' }))
  expect(ledger.total).toEqual({
    calls: 3,
    completed: 2,
    failed: 1,
    usage: { input: 3, cachedInput: 6, cacheWrite: 9, output: 12, reasoning: 15 },
    cost: 17n,
  })
  const costs = (by: ReadonlyMap<string, { cost: bigint }>) => [...by].map(([name, { cost }]) => [name, cost])
  expect(costs(ledger.byAgent)).toEqual([
    ['ann', 14n],
    ['ben', 3n],
  ])
  expect(costs(ledger.byModel)).toEqual([
    ['gpt-4o', 10n],
    ['haiku', 7n],
  ])
  expect(ledger.byProvider).toBe(ledger.byService)
  expect(costs(ledger.byService)).toEqual([
    ['openai', 10n],
    ['anthropic', 7n],
  ])
})

test('an agent that never called has spent nothing', () => {
  expect(new Ledger().agent('cem')).toEqual({
    calls: 0,
    completed: 0,
    failed: 0,
    usage: { input: 0, cachedInput: 0, cacheWrite: 0, output: 0, reasoning: 0 },
    cost: 0n,
  })
})

test('twenty thousand agents have an account of their own, and all that come later share one', () => {
  const ledger = new Ledger()
  for (let nth = 0; nth < 20_000; nth++) ledger.book(entry({ agent: `agent_${nth}` }))
  ledger.book(entry({ agent: 'late' }))
  ledger.book(entry({ agent: 'later' }))
  ledger.book(entry({ agent: 'agent_0' }))
  expect(ledger.byAgent.size).toBe(20_001)
  expect(ledger.agent('(others)').calls).toBe(2)
  expect(ledger.agent('agent_0').calls).toBe(2)
  expect(ledger.total.calls).toBe(20_003)
})
