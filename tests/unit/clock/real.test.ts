import { getEventListeners } from 'node:events'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { startClock, type Clock } from '../../../src/clock/index.ts'
import { native } from '../../../src/doors/index.ts'

let clock: Clock
beforeEach(() => void (clock = startClock({ kind: 'real' })))
afterEach(() => clock.stop())

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('the wall clock is the time, from the date at which it was started', async () => {
  const before = Date.now()
  expect(clock.mode).toEqual({ kind: 'real' })
  expect(Math.abs(clock.epoch - before)).toBeLessThan(10_000)
  const now = clock.now()
  expect(now).toBeGreaterThanOrEqual(0)
  await clock.sleep(20)
  // The event loop counts from its last turn.
  expect(clock.now() - now).toBeGreaterThanOrEqual(10)
})

describe('an action', () => {
  test('that is due at once comes after its caller, in order with the others, and can be cancelled', async () => {
    const done: string[] = []
    clock.after(0, () => done.push('first'))
    const cancel = clock.after(0, () => done.push('cancelled'))
    clock.after(-5, () => done.push('second'))
    cancel()
    expect(done).toEqual([])
    await turn()
    expect(done).toEqual(['first', 'second'])
    clock.after(0, () => done.push('of the next turn'))
    await turn()
    expect(done).toEqual(['first', 'second', 'of the next turn'])
  })

  test('comes after its delay, unless it is cancelled', async () => {
    const done: string[] = []
    clock.after(4, () => done.push('4 ms'))
    clock.after(2, () => done.push('2 ms'))
    clock.after(3, () => done.push('cancelled'))()
    await clock.sleep(20)
    expect(done).toEqual(['2 ms', '4 ms'])
  })

  test('that is due in 90 days, or never, does not come now', async () => {
    const done: string[] = []
    clock.after(90 * 86_400_000, () => done.push('90 days'))
    clock.after(Number.POSITIVE_INFINITY, () => done.push('never'))()
    await clock.sleep(10)
    expect(done).toEqual([])
  })

  test('does not come when the clock has stopped', async () => {
    const done: string[] = []
    clock.after(0, () => done.push('at once'))
    clock.after(2, () => done.push('soon'))
    clock.stop()
    const other = startClock({ kind: 'real' })
    await other.sleep(10)
    expect(done).toEqual([])
    other.stop()
  })
})

describe('the real timers that a delay takes', () => {
  const DAY = 86_400_000
  const MOST = 2 ** 31 - 1
  let real: number
  /** What the real timers have been asked to wait for; the last one is in force. */
  let waits: number[]
  let timer: { action: () => void } | undefined
  let cleared: number

  beforeEach(() => {
    real = 1_000
    waits = []
    cleared = 0
    vi.spyOn(native, 'now').mockImplementation(() => real)
    vi.spyOn(native, 'setTimeout').mockImplementation(((action: () => void, ms: number) => {
      waits.push(ms)
      return (timer = { action })
    }) as never)
    vi.spyOn(native, 'clearTimeout').mockImplementation((given) => {
      cleared += 1
      if (given === (timer as unknown)) timer = undefined
    })
  })
  afterEach(() => void vi.restoreAllMocks())

  /** Lets the timer in force come, late by so much. */
  const come = (lateMs = 0): void => {
    real += waits.at(-1)! + lateMs
    timer?.action()
  }

  test('are several, one after another, if it is longer than one of them can wait', () => {
    const far = startClock({ kind: 'real' })
    const at: number[] = []
    far.after(90 * DAY, () => at.push(far.now()))
    while (at.length === 0) come()
    expect(at).toEqual([90 * DAY])
    expect(waits).toEqual([MOST, MOST, MOST, 90 * DAY - 3 * MOST])
  })

  test('have the last of them wait for what is left, which is nothing when the one before was late', () => {
    const far = startClock({ kind: 'real' })
    let done = 0
    far.after(30 * DAY, () => (done += 1))
    come(10 * DAY)
    expect(waits).toEqual([MOST, 0])
    come()
    expect(done).toBe(1)
  })

  test.each(['cancelled', 'stopped', 'aborted'])('end with the one in force when it is %s', (how) => {
    const far = startClock({ kind: 'real' })
    const controller = new AbortController()
    let cancel = (): void => {}
    if (how === 'aborted') far.sleep(90 * DAY, controller.signal).catch(() => {})
    else cancel = far.after(90 * DAY, () => {})
    come()
    if (how === 'cancelled') cancel()
    else if (how === 'aborted') controller.abort()
    else far.stop()
    expect(timer).toBeUndefined()
  })

  test('are none if it is for ever, and those that are over are not cleared again', () => {
    const far = startClock({ kind: 'real' })
    far.after(Number.POSITIVE_INFINITY, () => {})
    expect(waits).toEqual([])
    far.after(5, () => {})
    come()
    far.after(7, () => {})()
    expect(cleared).toBe(1)
    far.stop()
    expect(cleared).toBe(1)
  })
})

describe('a sleep', () => {
  test('that is aborted ends with the reason, before or meanwhile', async () => {
    const reason = new Error('enough')
    await expect(clock.sleep(60_000, AbortSignal.abort(reason))).rejects.toBe(reason)
    const controller = new AbortController()
    const asleep = clock.sleep(60_000, controller.signal)
    controller.abort(reason)
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
    await expect(asleep).rejects.toBe(reason)
  })

  test('that has ended is not aborted any more', async () => {
    const controller = new AbortController()
    const { signal } = controller
    await clock.sleep(1, signal)
    expect(getEventListeners(signal, 'abort')).toEqual([])
    controller.abort()
    await expect(clock.sleep(0)).resolves.toBeUndefined()
  })
})

test('what only a simulated clock knows is nothing: work is awaited as it is', async () => {
  const work = Promise.resolve('done')
  expect(clock.io(work)).toBe(work)
  await expect(clock.supervise(() => work)).resolves.toBe('done')
  await expect(
    clock.supervise(() => {
      throw new Error('no')
    }),
  ).rejects.toThrow('no')
  expect(clock.intervals()).toEqual([])
  expect(clock.timeouts()).toEqual([])
  expect(clock.holding()).toBeUndefined()
  clock.describeWaiters(() => [])()
  clock.onRest(() => {})()
})
