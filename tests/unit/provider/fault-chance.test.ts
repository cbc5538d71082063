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
