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

describe('a window', () => {
  const limits = { failures: 3, failureRate: 0.8, windowMs: 1_000 }

  test('counts each call until it is as old as the window, from its end', () => {
    const given = new BreakerWindow(limits)
    const call = given.begin(0)
    given.end(call, { failed: true, now: 500 })
    expect([500, 1_499, 1_500].map((now) => given.failures(now))).toEqual([1, 1, 0])
    // Older failures say nothing of now.
    given.end(given.begin(600), { failed: true, now: 600 })
    expect(given.end(given.begin(1_500), { failed: true, now: 1_500 })).toBe(false)
    expect(given.end(given.begin(1_500), { failed: true, now: 1_500 })).toBe(true)
  })

  test('keeps what has ended as it was, and forgets what is too old when a call begins', () => {
    const given = new BreakerWindow(limits)
    given.end(given.begin(0), { failed: true, now: 10 })
    given.end(given.begin(20), { failed: false, now: 30 })
    const old = { startedAt: 0, endedAt: 10, failed: true }
    const newer = { startedAt: 20, endedAt: 30, failed: false }
    expect(given.save()).toEqual([old, newer])
    expect(given.begin(1_009)).toEqual({ startedAt: 1_009, endedAt: null, failed: false })
    expect(given.save()).toEqual([old, newer])
    given.begin(1_010)
    expect(given.save()).toEqual([newer])
  })

  test('does not share its calls with what it was restored from, or gives away', () => {
    const before = [{ startedAt: 0, endedAt: 10, failed: true }]
    const given = new BreakerWindow(limits, before)
    before[0]!.failed = false
    given.save()[0]!.failed = false
    expect(given.failures(10)).toBe(1)
    expect(new BreakerWindow(limits).save()).toEqual([])
  })

  test('forgets a call that is dropped, once, and all of them when it is cleared', () => {
    const given = new BreakerWindow(limits)
    const [first, second] = [given.begin(0), given.begin(0)]
    given.end(first, { failed: true, now: 1 })
    given.drop(second)
    given.drop(second)
    expect(given.save()).toHaveLength(1)
    given.clear()
    expect(given.save()).toEqual([])
    expect(given.failures(1)).toBe(0)
  })

  test('does not hold an answer against a service, however many failures stand before it', () => {
    const given = new BreakerWindow({ ...limits, failureRate: 0 })
    expect(after(given, 'xxx')).toBe(true)
    expect(after(given, '.', 3)).toBe(false)
    expect(after(given, 'x', 4)).toBe(true)
  })

  test('takes a call under way for half an answer, to those that began after it only', () => {
    const given = new BreakerWindow({ failures: 3, failureRate: 0.5, windowMs: 1_000 })
    after(given, 'xx')
    // One answer makes up for one failure.
    given.begin(2)
    expect(given.end(given.begin(3), { failed: true, now: 3 })).toBe(false)
    expect(given.end(given.begin(4), { failed: true, now: 4 })).toBe(true)
    const later = new BreakerWindow({ failures: 3, failureRate: 0.5, windowMs: 1_000 })
    const calls = [later.begin(0), later.begin(0), later.begin(0)]
    later.begin(1)
    expect(calls.map((call) => later.end(call, { failed: true, now: 2 }))).toEqual([false, false, true])
  })

  test('holds the newest thousand calls when it has twice as many', () => {
    const given = window({ windowMs: Number.MAX_SAFE_INTEGER })
    after(given, '.'.repeat(2_000))
    expect(given.save()).toHaveLength(2_000)
    after(given, 'x', 2_000)
    expect(given.save()).toHaveLength(1_001)
    expect([given.save()[0]!.startedAt, given.save().at(-1)!.startedAt]).toEqual([1_000, 2_000])
  })
})
