import { describe, expect, test } from 'vitest'
import { BurstTimes } from '../../../src/provider/bursts.ts'
import { KeyedRandom } from '../../../src/random/index.ts'

const bursts = (over: object = {}, seed = 1) =>
  new BurstTimes({ meanOn: '1m', meanOff: '9m', ...over }, new KeyedRandom(seed))

describe('bursts', () => {
  test('take the share of the time that their means say', () => {
    const times = bursts()
    const on = Array.from({ length: 100_000 }, (_, nth) => times.rateAt(nth * 10_000)).filter((rate) => rate > 0)
    expect(on.length / 100_000).toBeGreaterThan(0.08)
    expect(on.length / 100_000).toBeLessThan(0.12)
  })

  test('let nine of ten calls fail, or as many as is said', () => {
    const rates = (times: BurstTimes) => new Set(Array.from({ length: 1_000 }, (_, nth) => times.rateAt(nth * 30_000)))
    expect(rates(bursts())).toEqual(new Set([0, 0.9]))
    expect(rates(bursts({ failRate: 0.5 }))).toEqual(new Set([0, 0.5]))
  })

  test('begin with quiet', () => {
    for (let seed = 0; seed < 20; seed++) expect(bursts({}, seed).rateAt(0)).toBe(0)
  })

  test('are the same in whatever order they are asked for', () => {
    const at = Array.from({ length: 200 }, (_, nth) => nth * 100_000)
    const [forwards, backwards] = [bursts(), bursts()]
    const later = at.toReversed().map((each) => backwards.rateAt(each))
    expect(at.map((each) => forwards.rateAt(each))).toEqual(later.toReversed())
  })

  test('last a minute on average', () => {
    const times = bursts()
    let began = 0
    let on = 0
    for (let at = 0, before = 0; at < 1_000_000_000; at += 5_000) {
      const rate = times.rateAt(at)
      if (rate > 0) on += 5_000
      if (rate > 0 && before === 0) began += 1
      before = rate
    }
    expect(on / began).toBeGreaterThan(50_000)
    expect(on / began).toBeLessThan(75_000)
  })
})
