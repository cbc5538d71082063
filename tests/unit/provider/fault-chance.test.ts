import { describe, expect, test } from 'vitest'
import { FaultChance, type FaultSettings, type FaultSubject } from '../../../src/provider/fault-chance.ts'
import { brownout, outage, resolveWindow, type FaultWindow } from '../../../src/provider/fault-windows.ts'
import { KeyedRandom } from '../../../src/random/index.ts'

const subject = (over: Partial<FaultSubject> = {}): FaultSubject => ({
  agent: 'ann',
  model: 'm',
  provider: 'openai',
  nth: 0,
  at: 0,
  ...over,
})
type Given = Partial<Omit<FaultSettings, 'windows'>> & { windows?: readonly FaultWindow[] }
const faults = ({ windows = [], ...over }: Given = {}, seed = 1): FaultChance =>
  new FaultChance(
    {
      rateOf: () => 0,
      mixOf: () => ({ overloaded: 1, hang: 1 }),
      windows: windows.map(resolveWindow),
      bursts: undefined,
      schedule: undefined,
      ...over,
    },
    new KeyedRandom(seed),
  )

const CALLS = 20_000
const decisions = (given: FaultChance, at: (nth: number) => number = () => 0) =>
  Array.from({ length: CALLS }, (_, nth) => given.decide(subject({ nth, at: at(nth) })).fault)
const share = (list: readonly unknown[], wanted: (item: unknown) => boolean): number =>
  list.filter(wanted).length / list.length

/** Four standard deviations of a share. */
const tolerance = (p: number): number => 4 * Math.sqrt((p * (1 - p)) / CALLS)

describe('chance', () => {
  test.each([0, 0.2, 0.5, 1])('a fail rate of %d is the share of calls that fail', (rate) => {
    const failed = share(decisions(faults({ rateOf: () => rate })), (fault) => fault !== undefined)
    expect(Math.abs(failed - rate)).toBeLessThanOrEqual(tolerance(rate))
  })

  test('the mix is kept', () => {
    const given = decisions(faults({ rateOf: () => 1, mixOf: () => ({ overloaded: 3, hang: 1 }) }))
    expect(Math.abs(share(given, (fault) => fault === 'hang') - 0.25)).toBeLessThanOrEqual(tolerance(0.25))
  })

  test('the mix is kept at any fail rate: of chance, of a window, and of each of several windows', () => {
    const mix = { overloaded: 3, hang: 1 }
    const window = brownout({ from: 0, for: '1m', failRate: 0.5, mix })
    const other = brownout({ from: 0, for: '1m', failRate: 0.25, mix: { reset: 3, stall: 1 } })
    const shareOf = (decided: readonly unknown[], rare: string, often: string): number => {
      const all = decided.filter((fault) => fault === rare || fault === often)
      return share(all, (fault) => fault === rare)
    }
    const near = (found: number) => expect(Math.abs(found - 0.25)).toBeLessThanOrEqual(3 * tolerance(0.25))
    near(shareOf(decisions(faults({ rateOf: () => 0.5, mixOf: () => mix })), 'hang', 'overloaded'))
    near(shareOf(decisions(faults({ windows: [window] })), 'hang', 'overloaded'))
    const both = decisions(faults({ windows: [window, other] }))
    near(shareOf(both, 'hang', 'overloaded'))
    near(shareOf(both, 'stall', 'reset'))
  })

  test('agents have luck of their own', () => {
    const given = faults({ rateOf: () => 0.5 })
    const luck = (agent: string) => Array.from({ length: 50 }, (_, nth) => given.decide(subject({ agent, nth })).fault)
    expect(luck('ann')).toEqual(luck('ann'))
    expect(luck('ann')).not.toEqual(luck('ben'))
  })

  test('a higher fail rate fails a superset of the calls', () => {
    const low = decisions(faults({ rateOf: () => 0.2 }))
    const high = decisions(faults({ rateOf: () => 0.5 }))
    expect(low.every((fault, nth) => fault === undefined || high[nth] !== undefined)).toBe(true)
  })

  test('another agent changes nobody’s luck', () => {
    const alone = faults({ rateOf: () => 0.5 })
    const together = faults({ rateOf: () => 0.5 })
    for (let nth = 0; nth < 100; nth++) {
      together.decide(subject({ agent: 'ben', nth }))
      expect(together.decide(subject({ nth }))).toEqual(alone.decide(subject({ nth })))
    }
  })
})

describe('windows', () => {
  test('that overlap add up: their fail rates, each by its own mix, and how much slower answers are', () => {
    const given = faults({
      windows: [
        brownout({ from: 0, for: '1m', failRate: 0.3, slow: 4, mix: { hang: 1 } }),
        brownout({ from: 0, for: '1m', failRate: 0.2, slow: 2, mix: { reset: 1 } }),
        brownout({ from: 0, for: '1m', failRate: 0, slow: 1 }),
      ],
    })
    expect(given.decide(subject()).slowFactor).toBe(8)
    const decided = decisions(given)
    expect(Math.abs(share(decided, (fault) => fault === 'hang') - 0.3)).toBeLessThanOrEqual(tolerance(0.3))
    expect(Math.abs(share(decided, (fault) => fault === 'reset') - 0.2)).toBeLessThanOrEqual(tolerance(0.2))
  })

  test('that fail more than all calls together fail all of them, whichever is named first', () => {
    const weak = brownout({ from: 0, for: '1m', failRate: 0.1, mix: { hang: 1 } })
    const out = outage({ from: 0, for: '1m' })
    for (const windows of [
      [weak, out],
      [out, weak],
    ])
      expect(share(decisions(faults({ windows })), (fault) => fault !== undefined)).toBe(1)
  })

  test('an outage fails every call from its beginning to its end, and only in its scope', () => {
    const given = faults({ windows: [outage({ from: '5m', for: '2m', service: 'openai' })] })
    const at = (ms: number, provider = 'openai') => given.decide(subject({ at: ms, provider })).fault
    expect([at(299_999), at(300_000), at(419_999), at(420_000)]).toEqual([
      undefined,
      'bad_gateway',
      'bad_gateway',
      undefined,
    ])
    expect(at(300_000, 'anthropic')).toBeUndefined()
  })

  test('one that comes again', () => {
    const given = faults({ windows: [outage({ from: '1h', for: '10m', every: '1d' })] })
    const at = (ms: number) => given.decide(subject({ at: ms })).fault
    expect([at(86_400_000 + 3_600_000), at(86_400_000 + 4_200_000), at(3 * 86_400_000 + 3_900_000)]).toEqual([
      'bad_gateway',
      undefined,
      'bad_gateway',
    ])
  })

  test('a brownout slows what it does not fail', () => {
    const given = faults({ windows: [brownout({ from: 0, for: '1m', failRate: 0, slow: 4 })] })
    expect(given.decide(subject())).toEqual({ fault: undefined, slowFactor: 4 })
  })
})

describe('bursts', () => {
  test('take the share of time that their mean lengths say, and are as long on average', () => {
    const given = faults({ bursts: { meanOn: '10s', meanOff: '30s', failRate: 1 } }, 7)
    const step = 100
    const on = decisions(given, (nth) => nth * step).map((fault) => fault !== undefined)
    // About 50 bursts in 2,000 s: the share of time is known to some 15 %.
    expect(share(on, Boolean)).toBeGreaterThan(0.15)
    expect(share(on, Boolean)).toBeLessThan(0.35)
    const starts = on.filter((now, nth) => now && !on[nth - 1]).length
    const meanOn = (on.filter(Boolean).length * step) / starts
    expect(meanOn).toBeGreaterThan(7_000)
    expect(meanOn).toBeLessThan(14_000)
  })
})

test('a script goes before chance, in its scope, and ends', () => {
  const given = faults()
  given.failNext(2, 'overloaded', { agent: 'ann' })
  expect(given.decide(subject({ agent: 'ben' })).fault).toBeUndefined()
  expect([0, 1, 2].map((nth) => given.decide(subject({ nth })).fault)).toEqual(['overloaded', 'overloaded', undefined])
})

test.each([1, 3, Number.POSITIVE_INFINITY])('a script for %d calls is unmet until the first of them', (count) => {
  const given = faults()
  given.failNext(count, 'overloaded', { agent: 'ann' })
  given.decide(subject({ agent: 'ben' }))
  expect(given.unmet).toMatchObject([{ count, fault: 'overloaded', scope: { agent: 'ann' } }])
  given.decide(subject())
  expect(given.unmet).toEqual([])
})

describe('a decision', () => {
  test('tells when the window ends that has let the call fail', () => {
    const out = outage({ from: '1m', for: '2m' })
    expect(faults({ windows: [out] }).decide(subject({ at: 60_000 }))).toEqual({
      fault: 'bad_gateway',
      slowFactor: 1,
      until: 180_000,
    })
    expect(faults({ windows: [outage({ from: 0 })] }).decide(subject()).until).toBe(Number.POSITIVE_INFINITY)
    expect(faults({ rateOf: () => 1 }).decide(subject())).not.toHaveProperty('until')
  })

  test('of a script is as slow as the windows that are open, and not remembered as chance', () => {
    const given = faults({ windows: [brownout({ from: 0, for: '1m', failRate: 1, slow: 3 })] })
    given.failNext(1, 'hang')
    expect(given.decide(subject())).toEqual({ fault: 'hang', slowFactor: 3 })
    expect(given.injected).toEqual([])
    expect(given.decide(subject({ nth: 1 })).slowFactor).toBe(3)
    expect(given.injected).toMatchObject([{ agent: 'ann', nth: 1 }])
  })

  test('without any faults lets the call be', () => {
    expect(faults().decide(subject())).toEqual({ fault: undefined, slowFactor: 1 })
    expect(faults({ rateOf: () => 1, mixOf: () => ({}) }).decide(subject()).fault).toBeUndefined()
  })

  test('takes the fault of the window where its rate is the highest, else that of the call', () => {
    const windows = [brownout({ from: 0, for: '1m', failRate: 0.5, mix: { reset: 1 } })]
    const kinds = (rate: number) =>
      new Set(decisions(faults({ windows, rateOf: () => rate, mixOf: () => ({ hang: 1 }) })))
    expect(kinds(0.4)).toEqual(new Set([undefined, 'reset']))
    expect(kinds(0.5)).toEqual(new Set([undefined, 'reset']))
    expect(kinds(0.6)).toEqual(new Set([undefined, 'hang']))
  })
})

describe('a schedule', () => {
  const schedule = [
    { agent: 'ann', nth: 1, fault: 'hang' },
    { agent: 'ben', nth: 0, fault: 'reset' },
  ] as const

  test('fails exactly its calls, in place of those that chance would choose', () => {
    const given = faults({ schedule, rateOf: () => 1 })
    expect(given.unreached).toEqual(schedule)
    const calls = [subject(), subject({ nth: 1 }), subject({ agent: 'ben' }), subject({ agent: 'ben', nth: 1 })]
    expect(calls.map((call) => given.decide(call).fault)).toEqual([undefined, 'hang', 'reset', undefined])
    expect(given.injected).toEqual(schedule)
    expect(given.unreached).toEqual([])
  })

  test('tells which of its calls have not come', () => {
    const given = faults({ schedule })
    given.decide(subject({ nth: 1 }))
    expect(given.unreached).toEqual([schedule[1]])
    expect(faults().unreached).toEqual([])
  })

  test('tells nothing of them where too many calls have failed to remember', () => {
    const many = Array.from({ length: 10_002 }, (_, nth) => ({ agent: 'ann', nth, fault: 'hang' as const }))
    const given = faults({ schedule: many })
    for (let nth = 0; nth < 9_999; nth++) given.decide(subject({ nth }))
    expect([given.injected.length, given.unreached.length]).toEqual([9_999, 3])
    for (let nth = 9_999; nth < 10_001; nth++) given.decide(subject({ nth }))
    expect([given.injected.length, given.unreached.length]).toEqual([10_000, 0])
  })
})

test('scripts are taken in their order, each in its scope, and one for no calls is none', () => {
  const given = faults()
  given.failNext(0, 'stall')
  given.failNext(1, 'reset', { agent: 'ben' })
  given.failNext(1, 'hang')
  given.failNext(1, 'slow')
  expect(given.unmet).toHaveLength(3)
  expect([0, 1, 2].map((nth) => given.decide(subject({ nth })).fault)).toEqual(['hang', 'slow', undefined])
  expect(given.decide(subject({ agent: 'ben' })).fault).toBe('reset')
})
