import { AsyncLocalStorage } from 'node:async_hooks'
import * as promises from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { startSimulatedClock, type Clock } from '../../../src/clock/index.ts'
import { installDoors, native } from '../../../src/doors/index.ts'

installDoors()
let clock: Clock | undefined
const start = (): Clock => (clock = startSimulatedClock({ mode: { kind: 'virtual' } }))
afterEach(() => clock?.stop())

/** Runs the same on the real clock and on the simulated one. */
async function onBothClocks<Seen>(run: () => Promise<Seen>): Promise<[Seen, Seen]> {
  const real = await run()
  start()
  const simulated = await run()
  clock!.stop()
  return [real, simulated]
}

describe('a handle is as Node gives it', () => {
  test('it has the methods of a timer, and a number', async () => {
    for (const run of [() => {}, start]) {
      run()
      const handle = setTimeout(() => {}, 60_000) as unknown as NodeJS.Timeout
      expect(handle.constructor.name).toBe('Timeout')
      expect(handle.hasRef()).toBe(true)
      expect(handle.unref()).toBe(handle)
      expect(handle.hasRef()).toBe(false)
      expect(handle.ref().hasRef()).toBe(true)
      expect(handle.refresh()).toBe(handle)
      expect(Number(handle)).toBeGreaterThan(0)
      expect(handle.close()).toBe(handle)
      handle[Symbol.dispose]()
    }
  })

  test('callbacks see it as `this`, by which an interval may clear itself', async () => {
    start()
    let ticks = 0
    const handle = setInterval(function (this: NodeJS.Timeout) {
      expect(this).toBe(handle)
      if (++ticks === 3) clearInterval(this)
    }, 1_000)
    await promises.setTimeout(60_000)
    expect(ticks).toBe(3)
  })

  test('it may be cleared by its number, as a number or as text', async () => {
    start()
    const fired = vi.fn()
    clearTimeout(Number(setTimeout(fired, 10)))
    clearInterval(String(Number(setInterval(fired, 10))))
    await promises.setTimeout(100)
    expect(fired).not.toHaveBeenCalled()
  })

  test('refresh() lets a timer that has fired fire again', async () => {
    start()
    const at: number[] = []
    const handle = setTimeout(() => at.push(clock!.now()), 50) as unknown as NodeJS.Timeout
    await promises.setTimeout(100)
    handle.refresh()
    await promises.setTimeout(100)
    expect(at).toEqual([50, 150])
  })

  test('`using` cancels it at the end of its block', async () => {
    start()
    const fired = vi.fn()
    {
      using _handle = setTimeout(fired, 10) as unknown as NodeJS.Timeout
    }
    await promises.setTimeout(100)
    expect(fired).not.toHaveBeenCalled()
  })

  test('a cleared timer does not come back by refresh()', async () => {
    start()
    const fired = vi.fn()
    const handle = setTimeout(fired, 10) as unknown as NodeJS.Timeout
    clearTimeout(handle)
    handle.refresh()
    await promises.setTimeout(100)
    expect(fired).not.toHaveBeenCalled()
  })
})

describe('delays and order are those of Node', () => {
  test.each([0, -5, Number.NaN, undefined, 'soon' as never, 0.5])('a delay of %s is one millisecond', async (delay) => {
    start()
    await new Promise<void>((resolve) => void setTimeout(resolve, delay))
    expect(clock!.now()).toBe(1)
  })

  test('fractions are cut off, and texts are read', async () => {
    start()
    await new Promise<void>((resolve) => void setTimeout(resolve, 7.9))
    await new Promise<void>((resolve) => void setTimeout(resolve, '20' as never))
    expect(clock!.now()).toBe(27)
  })

  test('a delay that is too long is one millisecond, with a warning', async () => {
    start()
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    await new Promise<void>((resolve) => void setTimeout(resolve, 2 ** 31))
    expect(clock!.now()).toBe(1)
    expect(warned).toHaveBeenCalledWith(expect.stringContaining('32-bit'), 'TimeoutOverflowWarning')
  })

  test('timers of one instant fire delay by delay, as Node’s that are set within a millisecond', async () => {
    const run = async (): Promise<string[]> => {
      const order: string[] = []
      const set = (name: string, ms: number): void => void setTimeout(() => order.push(name), ms)
      set('2 a', 2)
      set('1 a', 1)
      set('0 is 1', 0)
      set('2 b', 2)
      set('1 b', 1)
      await new Promise((resolve) => void setTimeout(resolve, 20))
      return order
    }
    // Not held against the real clock: on a busy machine some of them are set a millisecond later.
    const [, simulated] = await onBothClocks(run)
    expect(simulated).toEqual(['1 a', '0 is 1', '1 b', '2 a', '2 b'])
  })

  test('microtasks and ticks run between two timers of one instant', async () => {
    const run = async (): Promise<string[]> => {
      const order: string[] = []
      for (const name of ['first', 'second'])
        setTimeout(() => {
          order.push(name)
          process.nextTick(() => order.push(`tick of the ${name}`))
          void Promise.resolve().then(() => order.push(`promise of the ${name}`))
        }, 5)
      await new Promise((resolve) => void setTimeout(resolve, 20))
      return order
    }
    const [real, simulated] = await onBothClocks(run)
    expect(simulated).toEqual(real)
  })

  test('what Node refuses is refused in its words', () => {
    start()
    expect(() => setTimeout('code' as never, 1)).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE', name: 'TypeError' }),
    )
  })
})

describe('node:timers/promises', () => {
  test('an aborted sleep rejects with an AbortError that has the code and the cause', async () => {
    const run = async (): Promise<unknown> => {
      const controller = new AbortController()
      const sleeping = promises.setTimeout(10_000, undefined, { signal: controller.signal })
      controller.abort(new Error('enough'))
      const { name, code, message, cause } = (await sleeping.catch((error: unknown) => error)) as Error & {
        code: string
      }
      return { name, code, message, cause: (cause as Error).message }
    }
    const [real, simulated] = await onBothClocks(run)
    expect(simulated).toEqual(real)
    expect(simulated).toMatchObject({ name: 'AbortError', code: 'ABORT_ERR', cause: 'enough' })
  })

  test('a signal that is aborted before rejects at once', async () => {
    start()
    await expect(promises.setTimeout(10_000, undefined, { signal: AbortSignal.abort() })).rejects.toThrow(
      expect.objectContaining({ code: 'ABORT_ERR' }),
    )
    await expect(promises.scheduler.wait(10_000, { signal: AbortSignal.abort() })).rejects.toThrow(
      expect.objectContaining({ code: 'ABORT_ERR' }),
    )
    expect(clock!.now()).toBe(0)
  })

  test('an aborted interval rejects the loop over it', async () => {
    start()
    const controller = new AbortController()
    let ticks = 0
    const loop = async (): Promise<void> => {
      for await (const value of promises.setInterval(1_000, 'tick', { signal: controller.signal })) {
        expect(value).toBe('tick')
        if (++ticks === 2) controller.abort()
      }
    }
    await expect(loop()).rejects.toThrow(expect.objectContaining({ code: 'ABORT_ERR' }))
    expect(clock!.intervals()).toEqual([])
  })

  test('wrong arguments are refused in the words of Node', async () => {
    start()
    await expect(promises.setTimeout('1' as never)).rejects.toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }),
    )
    await expect(promises.setTimeout(1, undefined, { signal: 'no' as never })).rejects.toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }),
    )
  })

  test('util.promisify(setTimeout) gives the value', async () => {
    start()
    await expect(promisify(setTimeout)(5_000, 'value')).resolves.toBe('value')
    expect(clock!.now()).toBe(5_000)
  })
})

describe('timers and the change of clocks', () => {
  test('a timer that was set before the clock began waits on it, and begins anew', async () => {
    const fired = vi.fn()
    const handle = setTimeout(fired, 3_600_000)
    start()
    await promises.setTimeout(3_600_001)
    expect(fired).toHaveBeenCalledOnce()
    clearTimeout(handle)
  })

  test('the housekeeping of a module, an interval that does not hold the process, goes on in the next run', async () => {
    start()
    const tick = vi.fn()
    const handle = (setInterval(tick, 60_000) as unknown as NodeJS.Timeout).unref()
    await promises.setTimeout(60_001)
    clock!.stop()
    start()
    await promises.setTimeout(120_001)
    expect(tick).toHaveBeenCalledTimes(3)
    clearInterval(handle)
  })

  test('a timeout that holds the process ends with its run', async () => {
    const fired = vi.fn()
    start()
    setTimeout(fired, 60_000)
    clock!.stop()
    start()
    await promises.setTimeout(600_000)
    expect(fired).not.toHaveBeenCalled()
  })

  test('an interval of an earlier run that has ended is named where the next one waits for ever', async () => {
    start()
    setInterval(() => {}, 12_345)
    clock!.stop()
    start()
    await expect(clock!.supervise(() => new Promise(() => {}))).rejects.toThrow(/12\.345s.*unref\(\)/s)
  })

  test('without a clock a timer fires on the real one, in the context in which it was set', async () => {
    const name = new AsyncLocalStorage<string>()
    const began = native.now()
    const seen = await name.run(
      'ann',
      () => new Promise((resolve) => void setTimeout(() => resolve(name.getStore()), 20)),
    )
    expect(seen).toBe('ann')
    expect(native.now() - began).toBeGreaterThan(15)
  })
})

describe('who waits in a loop shall see the end', () => {
  test('while (Date.now() < end)', () => {
    start()
    const end = Date.now() + 3_000
    while (Date.now() < end);
    expect(clock!.now()).toBe(3_000)
  })

  test('while (performance.now() < end) await null', async () => {
    start()
    const end = performance.now() + 500
    while (performance.now() < end) await null
    expect(clock!.now()).toBe(500)
  })

  test('sleeps of zero until a deadline', async () => {
    start()
    const end = Date.now() + 2_000
    while (Date.now() < end) await promises.setTimeout(0)
    expect(clock!.now()).toBe(2_000)
  })

  test('turns of setImmediate until a deadline', async () => {
    start()
    const end = Date.now() + 1_000
    while (Date.now() < end) await new Promise((resolve) => void setImmediate(resolve))
    expect(clock!.now()).toBe(1_000)
  })

  test('work of 150 turns wins against a timer of a minute, and takes milliseconds', async () => {
    start()
    const work = async (): Promise<string> => {
      for (let turn = 0; turn < 150; turn++) await new Promise((resolve) => void setImmediate(resolve))
      return 'work'
    }
    expect(await Promise.race([work(), promises.setTimeout(60_000, 'timer')])).toBe('work')
    expect(clock!.now()).toBeLessThan(10)
  })
})
