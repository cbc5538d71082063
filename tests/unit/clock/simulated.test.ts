import { getEventListeners } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test, vi } from 'vitest'
import {
  ClockInUseError,
  DeadlockError,
  startSimulatedClock,
  TimerStormError,
  type Clock,
} from '../../../src/clock/index.ts'
import { native } from '../../../src/doors/index.ts'

let clock: Clock
const start = (options: Partial<Parameters<typeof startSimulatedClock>[0]> = {}): Clock =>
  (clock = startSimulatedClock({ mode: { kind: 'virtual' }, deadlockAfter: '20ms', ...options }))
/** Timers of a test, which end with it: those that are left go on in the next one. */
const timers: NodeJS.Timeout[] = []
const every = (ms: number): NodeJS.Timeout => {
  const timer = setInterval(() => {}, ms)
  timers.push(timer)
  return timer
}
const later = (ms: number, action = (): void => {}): void => void timers.push(setTimeout(action, ms))
afterEach(() => {
  for (const timer of timers.splice(0)) clearTimeout(timer)
  clock.stop()
})

/** Turns of the event loop. */
const turns = (count: number): Promise<void> =>
  new Promise((resolve) => {
    const turn = (): void => void (count-- > 0 ? setImmediate(turn) : resolve())
    turn()
  })
const forever = (): Promise<never> => new Promise(() => {})
const errorOf = (work: Promise<unknown>): Promise<Error> => work.then(Promise.reject, (error: Error) => error)

describe('an action of the clock', () => {
  test('comes at the whole millisecond that is nearest, and not before now', async () => {
    start()
    const at: [string, number][] = []
    clock.after(1.4, () => at.push(['1.4', clock.now()]))
    clock.after(1.5, () => at.push(['1.5', clock.now()]))
    clock.after(-3, () => at.push(['-3', clock.now()]))
    await clock.sleep(5)
    expect(at).toEqual([
      ['-3', 0],
      ['1.4', 1],
      ['1.5', 2],
    ])
  })

  test('that is cancelled, or due never, is no wait: nothing is left to happen', async () => {
    start()
    const done: string[] = []
    clock.after(1_000, () => done.push('cancelled'))()
    clock.after(Number.POSITIVE_INFINITY, () => done.push('never'))()
    expect(await errorOf(clock.supervise(forever))).toBeInstanceOf(DeadlockError)
    expect([clock.now(), done]).toEqual([0, []])
  })
})

describe('a sleep', () => {
  test('that is aborted ends with the reason at that time, and nothing waits for it any more', async () => {
    start()
    const reason = new Error('enough')
    await expect(clock.sleep(1_000, AbortSignal.abort(reason))).rejects.toBe(reason)
    const controller = new AbortController()
    const asleep = clock.sleep(60_000, controller.signal)
    setTimeout(() => controller.abort(reason), 7_000)
    await expect(asleep).rejects.toBe(reason)
    expect(clock.now()).toBe(7_000)
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
    expect((await errorOf(clock.supervise(forever))).message).toMatch(/^Deadlock at 7s /)
  })

  test('that has ended is not aborted any more', async () => {
    start()
    const controller = new AbortController()
    const { signal } = controller
    await clock.sleep(5, signal)
    expect(getEventListeners(signal, 'abort')).toEqual([])
    controller.abort()
    await clock.sleep(5)
    expect(clock.now()).toBe(10)
  })
})

describe('code that only reads the clock', () => {
  test('sees a millisecond pass in 200 reads', () => {
    start()
    later(60_000)
    for (let read = 1; read < 200; read++) Date.now()
    expect(clock.now()).toBe(0)
    performance.now()
    expect(clock.now()).toBe(1)
    for (let read = 1; read <= 400; read++) Date.now()
    expect(clock.now()).toBe(3)
  })

  test('and does something else now and then sees none pass', () => {
    start()
    for (let round = 0; round < 10; round++) {
      for (let read = 1; read < 150; read++) Date.now()
      clock.progress()
    }
    for (let round = 0; round < 10; round++) {
      for (let read = 1; read < 150; read++) Date.now()
      clearTimeout(setTimeout(() => {}, 1))
    }
    expect(clock.now()).toBe(0)
  })
})

test('code that only waits for immediates sees time pass slowly, and timers come when they are due', async () => {
  start()
  const fired: number[] = []
  setTimeout(() => fired.push(clock.now()), 3)
  later(60_000, () => fired.push(clock.now()))
  await turns(49)
  expect(clock.now()).toBe(0)
  await turns(450)
  expect(clock.now()).toBeGreaterThanOrEqual(8)
  expect(clock.now()).toBeLessThanOrEqual(10)
  expect(fired).toEqual([3])
})

test('the longer code only waits for immediates, the less time each takes', async () => {
  start()
  later(3_600_000)
  await turns(4_900)
  const slow = clock.now()
  expect(slow).toBeLessThanOrEqual(4_900 / 50)
  await turns(1_100)
  expect(clock.now() - slow).toBeGreaterThanOrEqual(1_000 / 10)
})

describe('work that is supervised', () => {
  test('gives what it gives, and fails as it fails', async () => {
    start()
    await expect(clock.supervise(() => 'at once')).resolves.toBe('at once')
    await expect(clock.supervise(() => sleep(10, 'later'))).resolves.toBe('later')
    await expect(
      clock.supervise(() => {
        throw new Error('no')
      }),
    ).rejects.toThrow('no')
  })

  test('fails at once when the clock has failed before', async () => {
    start()
    const first = await errorOf(clock.supervise(forever))
    let asked = false
    expect(await errorOf(clock.supervise(() => void (asked = true)))).toBe(first)
    expect(asked).toBe(false)
  })

  test('is not said to be deadlocked before the real time that is allowed', async () => {
    const began = native.now()
    start({ deadlockAfter: '60ms' })
    expect(await errorOf(clock.supervise(forever))).toBeInstanceOf(DeadlockError)
    expect(native.now() - began).toBeGreaterThanOrEqual(60)
  })

  test('names those alone who wait still', async () => {
    start()
    const leave = clock.describeWaiters(() => [{ who: 'ann', what: 'call 1', since: 0 }])
    clock.describeWaiters(() => [
      { who: 'ben', what: 'call 2', since: 0 },
      { who: 'cem', what: 'call 3', since: 0 },
    ])
    leave()
    const error = (await errorOf(clock.supervise(forever))) as DeadlockError
    expect(error.waiters.map(({ who }) => who)).toEqual(['ben', 'cem'])
  })
})

describe('a storm of timers', () => {
  // An interval of 3.6 s has fired a thousand times after one hour.
  const everyMs = 3_600

  test('begins when more than the horizon has passed without anything else, not when it has passed exactly', async () => {
    start({ horizon: '1h' })
    every(everyMs)
    const error = (await errorOf(clock.supervise(forever))) as TimerStormError
    expect(error).toBeInstanceOf(TimerStormError)
    expect(clock.now()).toBe(3_600_000 + everyMs)
    expect(error.message).toContain('1002 timers fired and 1h of virtual time passed')
    expect(error.message).toMatch(/\nThe busiest of the last 502 timers:\n {2}interval of 3\.6s, fired 502 times\n/)
  })

  test('has a thousand timers at least, however rare they are, and says how often they fired', async () => {
    start({ horizon: '1h' })
    every(300_000)
    const { message } = await errorOf(clock.supervise(forever))
    expect(clock.now()).toBe(1_000 * 300_000)
    expect(message).toContain('1001 timers fired')
    expect(message).toContain('  interval of 5m, fired 501 times\n')
  })

  test('begins also when a sleep on the clock itself, for which it is none, has ended', async () => {
    start({ horizon: '1h' })
    every(everyMs)
    await clock.sleep(7_200_000)
    const { message } = await errorOf(clock.supervise(forever))
    expect(message).toContain('(the last one at 2h)')
  })

  test('begins after a day, if no horizon is set', async () => {
    start()
    every(60_000)
    expect(await errorOf(clock.supervise(forever))).toBeInstanceOf(TimerStormError)
    expect(clock.now()).toBe(86_400_000 + 60_000)
  })

  test('names the timers that are still to come', async () => {
    start({ horizon: '1h' })
    every(everyMs)
    later(7_200_000, () => {})
    const { message } = await errorOf(clock.supervise(forever))
    expect(message).toMatch(/\nWaiting:\n {2}a timer is due in 59m 56s: timeout of 2h\n.*clock\.horizon above 2h\.$/s)
  })

  test('names the next three of them, beside who waits: those alone that the code under test has set since', async () => {
    later(90 * 60_000)
    start({ horizon: '1h' })
    every(everyMs)
    clock.after(80 * 60_000, () => {})
    for (const hours of [5, 3, 6, 2, 4]) later(hours * 3_600_000)
    clock.describeWaiters(() => [{ who: 'ann', what: 'call 1', since: 60_000 }])
    const error = (await errorOf(clock.supervise(forever))) as TimerStormError
    expect(error.waiters).toEqual([{ who: 'ann', what: 'call 1', since: 60_000 }])
    expect(/Waiting:\n(.*)\nClear/s.exec(error.message)?.[1]?.split('\n')).toEqual([
      '  ann has waited for call 1 since 1m (for 59m 3s)',
      '  a timer is due in 59m 56s: timeout of 2h',
      '  a timer is due in 1h 59m: timeout of 3h',
      '  a timer is due in 2h 59m: timeout of 4h',
    ])
  })

  test('is counted from the last progress, in timers and in time', async () => {
    start({ horizon: '1h' })
    every(everyMs)
    setTimeout(() => clock.progress(), 1_800_000)
    const error = await errorOf(clock.supervise(forever))
    expect(error.message).toContain('(the last one at 30m)')
    expect(clock.now()).toBeGreaterThan(1_800_000 + 3_600_000)
    expect(clock.now()).toBeLessThan(1_800_000 + 3_600_000 + 2 * everyMs)
  })

  test('has no part in what fired before the last progress', async () => {
    start({ horizon: '1h' })
    const first = every(1_000)
    setTimeout(() => (clearTimeout(first), clock.progress()), 1_800_000)
    every(3_000)
    const { message } = await errorOf(clock.supervise(forever))
    expect(message).toMatch(/busiest of the last 703 timers:\n {2}interval of 3s, fired \d+ times\nWaiting/)
  })

  test('is counted from the end of real I/O', async () => {
    start({ horizon: '1h' })
    every(everyMs)
    setTimeout(() => void clock.io(turns(3)), 1_800_000)
    const { message } = await errorOf(clock.supervise(forever))
    expect(message).toContain('(the last one at 30m)')
  })

  test('lets no more timers fire', async () => {
    start({ horizon: '1h' })
    let fired = 0
    timers.push(setInterval(() => (fired += 1), everyMs))
    await errorOf(clock.supervise(forever))
    const before = fired
    expect(before).toBe(1_001)
    await turns(20)
    expect([fired, clock.now()]).toEqual([before, before * everyMs])
  })

  test('is none of a thousand timers, however long they take', async () => {
    start()
    await clock.supervise(async () => {
      for (let day = 0; day < 1_000; day++) await sleep(86_400_000)
    })
    expect(clock.now()).toBe(1_000 * 86_400_000)
  })

  test('names timeouts and intervals, the busiest first', async () => {
    start({ horizon: '1h' })
    for (const ms of [9_000, 8_000, 7_000, 6_000]) every(ms)
    const again = (): void => later(4_000, again)
    again()
    every(5_000)
    const { message } = await errorOf(clock.supervise(forever))
    const busiest = [...message.matchAll(/\n {2}(\w+ of \w+), fired (\d+) times/g)]
    expect(busiest.map(([, kind]) => kind)).toEqual([
      'timeout of 4s',
      'interval of 5s',
      'interval of 6s',
      'interval of 7s',
      'interval of 8s',
    ])
    const counts = busiest.map(([, , fired]) => Number(fired))
    expect(counts).toEqual(counts.toSorted((a, b) => b - a))
    expect(counts[0]).toBeGreaterThan(500)
    // Nobody has to wait for the end of what has failed.
    expect(await errorOf(clock.supervise(() => 'more'))).toBeInstanceOf(TimerStormError)
  })
})

describe('intervals that are set', () => {
  test('are those of the code under test that hold the process, and no timeouts', () => {
    every(5_000)
    start()
    every(10_000).unref()
    later(20_000)
    const cleared = every(30_000)
    every(40_000)
    expect(clock.intervals()).toEqual([30_000, 40_000])
    clearInterval(cleared)
    expect(clock.intervals()).toEqual([40_000])
  })
})

test('timeouts that are pending are those of the code under test that hold the process, by the time that is left', async () => {
  const nothing = (): void => {}
  const before = setTimeout(nothing, 30_000)
  start()
  every(5_000)
  setTimeout(nothing, 10_000).unref()
  const cleared = setTimeout(nothing, 15_000)
  setTimeout(nothing, 20_000)
  await clock.supervise(() => clock.sleep(4_000))
  setTimeout(nothing, 30_000)
  clearTimeout(cleared)
  expect(clock.timeouts()).toEqual([16_000, 30_000])
  clearTimeout(before)
})

test('who asks is told when the process has come to rest after a timer, until it has heard enough', async () => {
  start()
  const rests: number[] = []
  const ignore = clock.onRest(() => rests.push(clock.now()))
  const told: string[] = []
  setTimeout(() => told.push('timer'), 1_000)
  await sleep(1_000)
  await sleep(2_000)
  await sleep(500)
  ignore()
  await sleep(500)
  expect(rests).toEqual([1_000, 1_000, 3_000])
})

test('work that was given to io holds the clock, which says so', async () => {
  start()
  let settle!: () => void
  void clock.io(new Promise<void>((resolve) => (settle = resolve)))
  later(1_000)
  expect(clock.holding()).toBeUndefined()
  await new Promise((resolve) => setImmediate(() => setImmediate(() => setImmediate(resolve))))
  expect(clock.now()).toBe(0)
  expect(clock.holding()).toMatch(/^1 promise\(s\) given to clock\.io\(\), for \d+ms$/)
  settle()
  await sleep(1_000)
  expect([clock.now(), clock.holding()]).toEqual([1_000, undefined])
})

test('an error of a timer is caught by nobody, and time goes on', async () => {
  start()
  const { promise, resolve } = Promise.withResolvers<unknown>()
  process.setUncaughtExceptionCaptureCallback(resolve)
  try {
    const error = new Error('of a callback')
    setTimeout(() => {
      throw error
    }, 1_000)
    const end = sleep(2_000)
    expect(await promise).toBe(error)
    await end
    expect(clock.now()).toBe(2_000)
  } finally {
    process.setUncaughtExceptionCaptureCallback(null)
  }
})

test('a run begins at the date that it is given', async () => {
  const epoch = Date.UTC(2031, 4, 5)
  start({ epoch })
  expect([clock.epoch, Date.now()]).toEqual([epoch, epoch])
  await sleep(3_000)
  expect(new Date().toISOString()).toBe('2031-05-05T00:00:03.000Z')
})

describe('other fake timers', () => {
  test.each(['Date', 'setTimeout'] as const)('are told from real ones by any face that they replace: %s', (face) => {
    vi.useFakeTimers({ toFake: [face] })
    try {
      expect(() => start()).toThrow(ClockInUseError)
    } finally {
      vi.useRealTimers()
    }
    start()
  })
})

describe('a clock that has stopped', () => {
  test('may be stopped again, and another may start', async () => {
    start()
    await sleep(1_000)
    clock.stop()
    clock.stop()
    start()
    expect(clock.now()).toBe(0)
  })

  test('looks at the process no more', async () => {
    let looks = 0
    start({ probes: [() => (looks++, false)] })
    await sleep(1_000)
    expect(looks).toBeGreaterThan(0)
    clock.stop()
    const before = looks
    await new Promise((resolve) => native.setTimeout(resolve, 5))
    expect(looks).toBe(before)
  })

  test('leaves time where it stood: no clock of the next one has gone back', async () => {
    start()
    const [epoch, began] = [clock.epoch, performance.now()]
    await clock.sleep(40 * 86_400_000)
    clock.stop()
    clock.stop()
    expect(performance.now() - began).toBeGreaterThanOrEqual(40 * 86_400_000)
    expect(performance.now() - began).toBeLessThan(41 * 86_400_000)
    start()
    expect(clock.epoch).toBeGreaterThan(epoch + 40 * 86_400_000)
    expect(clock.epoch).toBeLessThanOrEqual(epoch + 47 * 86_400_000)
  })

  test('ends intervals that hold the process, which a later deadlock names', async () => {
    const ended = async (): Promise<number> => {
      const { message } = await errorOf(clock.supervise(forever))
      return Number(/(\d+) interval\(s\) of earlier tests/.exec(message)?.[1] ?? 0)
    }
    every(5_000)
    start()
    clearTimeout(timers.pop())
    const before = await ended()
    clock.stop()
    start()
    every(7_000)
    every(8_000).unref()
    later(9_000)
    clock.stop()
    for (const timer of timers.splice(0)) clearTimeout(timer)
    start()
    expect(await ended()).toBe(before + 1)
  })
})
