import { expect, expectTypeOf, test } from 'vitest'
import {
  describeOrchestration,
  lognormal,
  never,
  outage,
  parseDollars,
  type CallRecord,
  type Duration,
  type GatherRecord,
  type Money,
  type Outcome,
  type OrchestrationOptions,
  type OrchestratorSettings,
  type ProviderConfig,
  type Report,
  type RunSettings,
  type StartedOrchestration,
  type System,
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

test('a length of time is a number of milliseconds, or text with units', () => {
  const times: Duration[] = [0, 1_500, '250ms', '3s', '1.5h', '1h30m', '1h 30m', '1d2h3m']
  // @ts-expect-error words are no units
  const words: Duration = '3 seconds'
  // @ts-expect-error a number as text has no unit
  const bare: Duration = '3'
  // @ts-expect-error there is no such unit
  const weeks: Duration = '2w'
  // @ts-expect-error a latency is one too
  const latency: ProviderConfig = { latency: '3 seconds' }
  // @ts-expect-error so is the end of a gather
  const timeout: Parameters<Report['gather']>[1] = { from: [], timeout: 'soon' }
  void [times, words, bare, weeks, latency, timeout]
})

test('time is virtual, real, or a factor', () => {
  const modes: NonNullable<RunSettings['time']>[] = ['virtual', 'real', '60x', '2.5x']
  // @ts-expect-error there is no such mode
  const fast: RunSettings = { time: 'fast' }
  // @ts-expect-error a factor ends in an x
  const bare: RunSettings = { time: '60' }
  void [modes, fast, bare]
})

// Variables keep their types, from the options to the system and to a run.
describeOrchestration.skip(
  'typed',
  {
    vars: { rounds: 3, topic: 'chess' },
    system: async ({ vars }) => {
      expectTypeOf(vars).toEqualTypeOf<{ rounds: number; topic: string }>()
      return vars.rounds
    },
  },
  (it) => {
    it('never run', async ({ run, start }) => {
      await run({ vars: { rounds: 5 } })
      await start({ vars: { topic: 'go', more: true } })
      // @ts-expect-error rounds is a number
      await run({ vars: { rounds: 'five' } })
    })
  },
)
const typed: System<number, { rounds: number }> = async ({ vars }) => vars.rounds
describeOrchestration.skip('typed', { vars: { rounds: 3 }, system: typed }, () => {})
// @ts-expect-error the system wants another type
describeOrchestration.skip('typed', { vars: { rounds: 'three' }, system: typed }, () => {})

test('money is given as it is told', () => {
  const cost = 1n as Outcome['ledger']['total']['cost']
  const ofCall = 1n as Outcome['calls'][number]['cost']
  const ofAgent = 1n as Outcome['agents'][number]['cost']
  const sum: bigint = ofCall + ofAgent + cost
  const amounts: Money[] = [cost, sum, 0.5, '$0.50', '0.5']
  // @ts-expect-error another currency
  const euros: Money = '€3'
  const settings: OrchestratorSettings = { budget: { limit: cost } }
  void [amounts, euros, settings]
  expect(parseDollars(parseDollars('$0.50'))).toBe(500_000_000_000n)
  expect(() => parseDollars(-1n)).toThrow('-1n is not an amount of money')
})
