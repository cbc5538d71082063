import { AsyncResource } from 'node:async_hooks'
import { createRequire, syncBuiltinESMExports } from 'node:module'
import { install, type Clock as FakeClock } from '@sinonjs/fake-timers'
import { native, UNDICI_TICK_MS } from './natives.ts'
import { replaceProperties, restoreAll, type Restore } from './patch.ts'

const require = createRequire(import.meta.url)
type TimersModule = Record<'setTimeout' | 'setInterval', typeof setTimeout>
type TimersPromisesModule = {
  setTimeout: (delay?: number, value?: unknown, options?: { signal?: AbortSignal; ref?: boolean }) => Promise<unknown>
  scheduler: { wait(delay: number, options?: { signal?: AbortSignal }): Promise<void> }
}

/** Whether a timer is set by the HTTP client's machinery, which lives in real time like the sockets it watches. */
function isHttpMachinery(delay: number | undefined): boolean {
  return delay === UNDICI_TICK_MS && (new Error().stack ?? '').includes('undici')
}

type TimerFunction = (callback: (...args: unknown[]) => void, delay?: number, ...args: unknown[]) => unknown

/** Binds callbacks to the async context in which the timer was set, as the native timers do. */
function contextual(fake: TimerFunction): TimerFunction {
  function timer(callback: (...args: unknown[]) => void, delay?: number, ...args: unknown[]): unknown {
    if (typeof callback !== 'function') return fake(callback, delay, ...args)
    if (isHttpMachinery(delay)) return native.setTimeout(callback, delay, ...args)
    // Not AsyncLocalStorage.snapshot(), which waits for the garbage collector to announce its end: forty times the price.
    const context = new AsyncResource('SimulatedTimer', { requireManualDestroy: true })
    return fake(() => context.runInAsyncScope(callback, undefined, ...args), delay)
  }
  Object.defineProperties(timer, Object.getOwnPropertyDescriptors(fake))
  return timer
}

function timeoutSignal(delay: number): AbortSignal {
  if (typeof delay !== 'number' || !(delay >= 0)) {
    throw new RangeError(`The value of "delay" is out of range. It must be >= 0. Received ${String(delay)}`)
  }
  const controller = new AbortController()
  setTimeout(
    () => controller.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError')),
    delay,
  )
  return controller.signal
}

/** Fake time on every face by which a program can read or spend it. */
export interface FakeTime {
  readonly fake: FakeClock
  /** How often each interval fires that is set and holds the process. */
  intervals(): number[]
  restore: Restore
}

/**
 * Replaces the process's time: `setTimeout`, `setInterval`, `Date`, `performance`, `process.hrtime`, `Intl`, `Temporal` where present,
 * the same in `node:timers`, `node:timers/promises` (also for ESM imports) with `scheduler.wait`, and `AbortSignal.timeout`.
 * `queueMicrotask`, `process.nextTick` and `setImmediate` stay as they are: they take no time.
 */
export function installFakeTime(epoch: number): FakeTime {
  const restores: Restore[] = []
  const fake = install({
    now: epoch,
    toFake: [
      'setTimeout',
      'clearTimeout',
      'setInterval',
      'clearInterval',
      'Date',
      'performance',
      'hrtime',
      'Intl',
      ...('Temporal' in globalThis ? (['Temporal'] as never[]) : []),
    ],
    ignoreMissingTimers: true,
  })
  restores.push(() => fake.uninstall())

  const timers = require('node:timers') as TimersModule
  const promises = require('node:timers/promises') as TimersPromisesModule
  const setInterval = contextual(fake.setInterval as unknown as TimerFunction)
  const clearInterval = globalThis.clearInterval as unknown as (id: unknown) => void
  const intervals = new Map<number, { hasRef(): boolean }>()
  const faces = {
    setTimeout: contextual(fake.setTimeout as unknown as TimerFunction),
    setInterval: ((callback, delay, ...args) => {
      const handle = setInterval(callback, delay, ...args)
      if (!(handle instanceof nativeTimeoutClass)) intervals.set(Number(handle), handle as { hasRef(): boolean })
      return handle
    }) satisfies TimerFunction,
    clearTimeout: clearing(globalThis.clearTimeout as unknown as (id: unknown) => void),
    clearInterval: clearing((id) => {
      intervals.delete(Number(id))
      clearInterval(id)
    }),
  }
  restores.push(replaceProperties(globalThis, faces), replaceProperties(timers, faces))
  restores.push(
    replaceProperties(promises.scheduler, {
      wait: (delay: number, options?: { signal?: AbortSignal }) => promises.setTimeout(delay, undefined, options),
    }),
    replaceProperties(AbortSignal, { timeout: timeoutSignal }),
  )
  syncBuiltinESMExports()
  return {
    fake,
    intervals() {
      const { timerHeap } = fake as unknown as { timerHeap?: { timers: { id: number; interval?: number }[] } }
      return (timerHeap?.timers ?? []).flatMap(({ id, interval }) =>
        interval !== undefined && intervals.get(id)?.hasRef() ? [interval] : [],
      )
    },
    restore() {
      restoreAll(restores)
      syncBuiltinESMExports()
    },
  }
}

const NativeTimeout = native.setTimeout(() => {}, 0)
native.clearTimeout(NativeTimeout)
const nativeTimeoutClass = NativeTimeout.constructor

/** Clears fake timers, and real ones that were set before the run or by the HTTP client's machinery. */
function clearing(fake: (id: unknown) => void): (id: unknown) => void {
  return (id) => (id instanceof nativeTimeoutClass ? native.clearTimeout(id as NodeJS.Timeout) : fake(id))
}

/** What chance looks like to a program: numbers in [0, 1) and random bytes. */
export interface Chance {
  random(): number
  fill(bytes: Uint8Array): void
}

/**
 * Replaces `Math.random`, and `randomUUID`, `getRandomValues` and `randomBytes` of Web Crypto and `node:crypto`.
 * Not for production secrets: this is for the inside of a simulated run.
 */
export function installChance(chance: Chance): Restore {
  const nodeCrypto = require('node:crypto') as typeof import('node:crypto')
  const randomUUID = (): string => uuid(chance)
  const getRandomValues = <T extends ArrayBufferView>(array: T): T => {
    chance.fill(new Uint8Array(array.buffer, array.byteOffset, array.byteLength))
    return array
  }
  const realRandomBytes = nodeCrypto.randomBytes
  const randomBytes = (size: number, callback?: (error: Error | null, bytes: Buffer) => void): Buffer | void => {
    if (!Number.isInteger(size) || size < 0 || size > 2 ** 31 - 1) return realRandomBytes(size)
    const bytes = Buffer.alloc(size)
    chance.fill(bytes)
    if (!callback) return bytes
    native.setImmediate(callback, null, bytes)
  }
  const restores = [
    replaceProperties(Math, { random: () => chance.random() }),
    replaceProperties(globalThis.crypto, { randomUUID, getRandomValues }),
    // node:crypto's getRandomValues is a getter that reads the property above.
    replaceProperties(nodeCrypto, { randomUUID, randomBytes }),
  ]
  syncBuiltinESMExports()
  return () => {
    restoreAll(restores)
    syncBuiltinESMExports()
  }
}

/** A version 4 UUID (RFC 9562) from sixteen of the bytes that chance gives. */
function uuid(chance: Chance): string {
  const bytes = new Uint8Array(16)
  chance.fill(bytes)
  bytes[6] = (bytes[6]! & 0x0f) | 0x40
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = Buffer.from(bytes).toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
