import { AsyncLocalStorage } from 'node:async_hooks'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as timers from 'node:timers'
import { setTimeout as sleep, setInterval as every, scheduler } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterEach, describe, expect, test, vi } from 'vitest'
import {
  ClockInUseError,
  DeadlockError,
  startSimulatedClock,
  TimerStormError,
  type Clock,
} from '../../../src/clock/index.ts'
import { native } from '../../../src/doors/index.ts'

let clock: Clock | undefined
const start = (options: Partial<Parameters<typeof startSimulatedClock>[0]> = {}): Clock =>
  (clock = startSimulatedClock({ mode: { kind: 'virtual' }, ...options }))

afterEach(() => clock?.stop())

describe('every face of time is virtual', () => {
  test('setTimeout, Date and performance.now agree to the millisecond', async () => {
    start()
    const performanceAtStart = performance.now()
    const date = await new Promise<Date>((resolve) => void setTimeout(() => resolve(new Date()), 3 * 3_600_000))
    expect(date.getTime()).toBe(clock!.epoch + 3 * 3_600_000)
    expect(performance.now() - performanceAtStart).toBe(3 * 3_600_000)
  })

  test('node:timers', async () => {
    start()
    await new Promise<void>((resolve) => void timers.setTimeout(resolve, 60_000))
    expect(clock!.now()).toBe(60_000)
  })

  test('an ESM import of node:timers/promises, made before the clock was installed', async () => {
    start()
    await expect(sleep(30_000, 'value')).resolves.toBe('value')
    expect(clock!.now()).toBe(30_000)
  })

  test('scheduler.wait', async () => {
    start()
    await scheduler.wait(5_000)
    expect(clock!.now()).toBe(5_000)
  })

  test('the async iterator of node:timers/promises setInterval', async () => {
    start()
    let ticks = 0
    for await (const _ of every(1_000)) if (++ticks === 5) break
    expect(clock!.now()).toBe(5_000)
  })

  test('util.promisify(setTimeout) called inside the run', async () => {
    start()
    await promisify(setTimeout)(7_000)
    expect(clock!.now()).toBe(7_000)
  })

  test('AbortSignal.timeout aborts with a TimeoutError', async () => {
    start()
    const signal = AbortSignal.timeout(15_000)
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    expect(clock!.now()).toBe(15_000)
    expect(signal.reason).toMatchObject({ name: 'TimeoutError' })
  })

  test('process.hrtime', async () => {
    start()
    const before = process.hrtime.bigint()
    await sleep(2_000)
    expect(process.hrtime.bigint() - before).toBe(2_000_000_000n)
  })

  test.runIf('Temporal' in globalThis)('Temporal.Now', async () => {
    start()
    const { Temporal } = globalThis as unknown as { Temporal: { Now: { instant(): { epochMilliseconds: number } } } }
    await sleep(1_000)
    expect(Temporal.Now.instant().epochMilliseconds).toBe(clock!.epoch + 1_000)
  })

  test('microtasks, nextTick and immediates take no time and come before the next timer', async () => {
    start()
    const order: string[] = []
    setTimeout(() => order.push('timer'), 1)
    queueMicrotask(() => order.push('microtask'))
    process.nextTick(() => order.push('tick'))
    setImmediate(() => setImmediate(() => order.push(`immediate at ${clock!.now()}`)))
    await sleep(2)
    expect(order).toEqual(['microtask', 'tick', 'immediate at 0', 'timer'])
  })

  test('timers keep the async context in which they were set', async () => {
    start()
    const agent = new AsyncLocalStorage<string>()
    const seen = await new Promise((resolve) => {
      agent.run('alice', () => setTimeout(() => resolve(agent.getStore()), 1_000))
    })
    expect(seen).toBe('alice')
  })

  test('timers fire in the order of their times, then of their setting', async () => {
    start()
    const order: string[] = []
    setTimeout(() => order.push('20 ms'), 20)
    setTimeout(() => order.push('10 ms, first'), 10)
    setTimeout(() => order.push('10 ms, second'), 10)
    await sleep(30)
    expect(order).toEqual(['10 ms, first', '10 ms, second', '20 ms'])
  })

  test('the port sleeps for longer than one timer can', async () => {
    start()
    await clock!.sleep(90 * 86_400_000)
    expect(clock!.now()).toBe(90 * 86_400_000)
  })
})

describe('the clock gives everything back', () => {
  test('after stop() the doors are still there, and each is the real thing', () => {
    const faces = () => [
      setTimeout,
      clearInterval,
      Date,
      performance.now,
      process.hrtime,
      timers.setTimeout,
      Math.random,
    ]
    start({ chance: { random: () => 0.5, fill: (bytes) => void bytes.fill(7) } })
    const during = faces()
    expect(Math.random()).toBe(0.5)
    expect(crypto.randomUUID()).toBe('07070707-0707-4707-8707-070707070707')
    clock!.stop()
    expect(faces()).toEqual(during)
    expect(Math.random()).not.toBe(0.5)
    expect(crypto.randomUUID()).not.toBe('07070707-0707-4707-8707-070707070707')
  })

  test('a second clock in the worker is refused', () => {
    start()
    expect(() => startSimulatedClock({ mode: { kind: 'virtual' } })).toThrow(ClockInUseError)
  })

  test('a clock under vi.useFakeTimers() is refused', () => {
    vi.useFakeTimers()
    try {
      expect(() => startSimulatedClock({ mode: { kind: 'virtual' } })).toThrow(/vi\.useRealTimers\(\)/)
    } finally {
      vi.useRealTimers()
    }
  })
})

describe('a wait that cannot end is found out', () => {
  test('a deadlock is reported with who waits for what since when', async () => {
    start()
    clock!.describeWaiters(() => [{ who: 'agent b', what: 'call 7', since: 1_000 }])
    const hopeless = clock!.supervise(async () => {
      await sleep(3_000)
      await new Promise(() => {})
    })
    await expect(hopeless).rejects.toThrow(DeadlockError)
    await expect(hopeless).rejects.toThrow(/Deadlock at 3s .*agent b has waited for call 7 since 1s \(for 2s\)/s)
  })

  test('a timer storm is cut at the horizon and names the interval', async () => {
    start({ horizon: '1h' })
    setInterval(() => {}, 500)
    const hopeless = clock!.supervise(() => new Promise(() => {}))
    await expect(hopeless).rejects.toThrow(TimerStormError)
    await expect(hopeless).rejects.toThrow(/interval of 500ms, fired \d+ times/)
  })

  test('an interval beside a long sleep on the port is no storm', async () => {
    start({ horizon: '1h' })
    setInterval(() => {}, 60_000)
    await clock!.supervise(() => clock!.sleep(40 * 86_400_000))
    expect(clock!.now()).toBe(40 * 86_400_000)
  })

  test('a real timer taken aside before the run is named in the report', async () => {
    start()
    const pending = native.setTimeout(() => {}, 60_000)
    await expect(clock!.supervise(() => new Promise(() => {}))).rejects.toThrow(
      /1 timer\(s\) of the real clock are pending \(1m at .*virtual\.test\.ts:\d+:\d+\)/,
    )
    clearTimeout(pending)
  })

  test('the timers of the test runner and of idle sockets are not', async () => {
    start()
    const server = createServer((_request, response) => response.end('page'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const stuck = clock!.supervise(async () => {
      await (await fetch(`http://127.0.0.1:${port}/`)).text()
      void vi.waitFor(() => expect(server.listening).toBe(false), { timeout: 60_000, interval: 30_000 }).catch(() => {})
      await new Promise(() => {})
    })
    const error = (await stuck.catch((reason: unknown) => reason)) as Error
    expect(error).toBeInstanceOf(DeadlockError)
    expect(error.message).not.toContain('of the real clock')
    server.close()
  })
})

describe('scaled time', () => {
  test('keeps the order and the exact times of virtual time', async () => {
    start({ mode: { kind: 'scaled', factor: 10_000 } })
    const began = clock!.now()
    const at: number[] = []
    await Promise.all([15_000, 4_000, 25_000].map(async (ms) => at.push((await sleep(ms), ms))))
    expect(at).toEqual([4_000, 15_000, 25_000])
    expect(clock!.now() - began).toBeGreaterThanOrEqual(25_000)
  })
})
