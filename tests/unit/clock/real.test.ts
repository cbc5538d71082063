import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startClock, type Clock } from '../../../src/clock/index.ts'

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

describe('a sleep', () => {
  test('that is aborted ends with the reason, before or meanwhile', async () => {
    const reason = new Error('enough')
    await expect(clock.sleep(60_000, AbortSignal.abort(reason))).rejects.toBe(reason)
    const controller = new AbortController()
    const asleep = clock.sleep(60_000, controller.signal)
    controller.abort(reason)
    await expect(asleep).rejects.toBe(reason)
  })

  test('that has ended is not aborted any more', async () => {
    const controller = new AbortController()
    await clock.sleep(1, controller.signal)
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
  expect(clock.holding()).toBeUndefined()
})
