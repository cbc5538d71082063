import { describe, expect, test } from 'vitest'
import { BreakerWindow } from '../../../../../src/orchestrator/questions/breaker/window.ts'

const window = ({ failures = 5, failureRate = 0.8, windowMs = 60_000 } = {}) =>
  new BreakerWindow({ failures, failureRate, windowMs })

/** Calls one after another: `x` fails, `.` is answered. Whether the last one says that the service is down. */
const after = (given: BreakerWindow, ends: string, from = 0): boolean =>
  [...ends].map((end, nth) => given.end(given.begin(from + nth), { failed: end === 'x', now: from + nth })).at(-1)!

describe('a service counts as down', () => {
  test.for([
    ['xxxx', false],
    ['xxxxx', true],
    ['..........xxxxx', true],
    // An answer makes up for four failures.
    ['xxxx.xxxx', false],
    ['xxxxx.xxxxx', true],
    ['x.xx.xx.x.xxx', false],
  ] as const)('after %s: %s', ([ends, isDown]) => {
    expect(after(window(), ends)).toBe(isDown)
  })

  test('by a count of failures alone, where the share is 0', () => {
    expect(after(window({ failureRate: 0 }), 'x..x..x..x..x')).toBe(true)
  })

  test('by failures in a row alone, where the share is 1', () => {
    expect(after(window({ failureRate: 1, failures: 3 }), 'xxxxxxxx.xx')).toBe(false)
    expect(after(window({ failureRate: 1, failures: 3 }), 'x.xxx')).toBe(true)
  })

  test('not by what is older than the window', () => {
    const given = window()
    after(given, 'xxxx')
    expect(after(given, 'x', 70_000)).toBe(false)
    expect(given.failures(70_000)).toBe(1)
  })
})

describe('a burst', () => {
  test('whose failures come first is no outage, as long as most of its calls are under way', () => {
    const given = window()
    const calls = Array.from({ length: 40 }, () => given.begin(0))
    const failed = calls.filter((_, nth) => nth % 5 === 0)
    expect(failed.map((call) => given.end(call, { failed: true, now: 100 }))).not.toContain(true)
    const answered = calls.filter((call) => call.endedAt === null)
    for (const call of answered) given.end(call, { failed: false, now: 5_000 })
    expect(given.failures(5_000)).toBe(8)
  })

  test('of which all fail is an outage before all of them have ended', () => {
    const given = window()
    const calls = Array.from({ length: 40 }, () => given.begin(0))
    const firstDown = calls.findIndex((call) => given.end(call, { failed: true, now: 100 }))
    expect(firstDown).toBeLessThan(10)
  })

  test('of which all fail in any order is one, too', () => {
    const given = window()
    const calls = Array.from({ length: 40 }, () => given.begin(0))
    // Every third, then the rest: seldom many in a row.
    const order = [0, 1, 2].flatMap((rest) => calls.filter((_, nth) => nth % 3 === rest))
    const firstDown = order.findIndex((call) => given.end(call, { failed: true, now: 100 }))
    expect(firstDown).toBeGreaterThan(10)
    expect(firstDown).toBeLessThan(39)
  })
})

describe('what is kept', () => {
  test('is what has ended; calls that say nothing leave no trace', () => {
    const given = window()
    after(given, 'xx')
    given.begin(10)
    given.drop(given.begin(11))
    expect(given.save()).toHaveLength(2)
    const again = new BreakerWindow({ failures: 3, failureRate: 0.8, windowMs: 60_000 }, given.save())
    expect(after(again, 'x', 20)).toBe(true)
  })

  test('is bounded', () => {
    const given = window({ windowMs: Number.MAX_SAFE_INTEGER })
    after(given, '.'.repeat(5_000))
    expect(given.save().length).toBeLessThanOrEqual(2_000)
  })
})
