import { expect, expectTypeOf, test } from 'vitest'
import {
  describeOrchestration,
  lognormal,
  never,
  outage,
  type CallRecord,
  type GatherRecord,
  type Outcome,
  type OrchestrationOptions,
  type ProviderConfig,
  type StartedOrchestration,
} from 'longhaul'

// Checked by the compiler (`npm run typecheck`); running it only shows that it loads.

// A result keeps its type from system to outcome.
describeOrchestration.skip('typed', { system: async () => ({ votes: 3 }) }, (it) => {
  it('never run', async ({ run, start }) => {
    expectTypeOf(run).returns.resolves.toEqualTypeOf<Outcome<{ votes: number }>>()
    expectTypeOf(start).returns.resolves.toEqualTypeOf<StartedOrchestration<{ votes: number }>>()
  })
})

// Cases keep their types.
describeOrchestration.skip.each([['a', 1] as const])('typed', { system: async () => {} }, (it, name, nth) => {
  it('never run', () => {
    expectTypeOf(name).toEqualTypeOf<'a'>()
    expectTypeOf(nth).toEqualTypeOf<1>()
  })
})
describeOrchestration.skip.each([1, 2])('typed', { system: async () => {} }, (it, nth) => {
  it('never run', () => expectTypeOf(nth).toEqualTypeOf<number>())
})

test('set-ups that make no sense do not compile', () => {
  expectTypeOf({ latency: lognormal({ median: '4s', p95: '12s' }) }).toExtend<ProviderConfig>()
  expectTypeOf({ agents: { a: { latency: never() } } }).toExtend<ProviderConfig>()
  expectTypeOf(outage({ from: '5m', for: '2m' })).toExtend<NonNullable<ProviderConfig['windows']>[number]>()
  // @ts-expect-error a fault is one of a list
  expect(() => outage({ from: '5m', for: '2m', fault: 'exploded' })).toThrow('outage.fault is "exploded"')
  // @ts-expect-error there is no such setting
  const wrong: ProviderConfig = { latencies: 3 }
  // @ts-expect-error an orchestration under test is needed
  const empty: OrchestrationOptions = {}
  void [wrong, empty]
})

test('an outcome narrows by its status', () => {
  const narrow = (outcome: Outcome<{ votes: number }>): void => {
    if (outcome.status === 'completed') {
      expectTypeOf(outcome.result).toEqualTypeOf<{ votes: number }>()
      expectTypeOf(outcome.error).toEqualTypeOf<undefined>()
    } else {
      expectTypeOf(outcome.result).toEqualTypeOf<undefined>()
      expectTypeOf(outcome.error).toEqualTypeOf<unknown>()
    }
    // @ts-expect-error an outcome is frozen
    outcome.elapsedMs = 1
  }
  expectTypeOf(narrow).returns.toEqualTypeOf<void>()
})

test('what is read of a run is typed', () => {
  expectTypeOf<Outcome['calls']>().toEqualTypeOf<CallRecord[]>()
  expectTypeOf<CallRecord['status']>().toEqualTypeOf<'open' | 'ended' | 'failed' | 'refused'>()
  expectTypeOf<GatherRecord['missing']>().toEqualTypeOf<readonly string[]>()
  expectTypeOf<Outcome['ledger']['total']['cost']>().toEqualTypeOf<bigint>()
})
