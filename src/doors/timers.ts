import { syncBuiltinESMExports } from 'node:module'
import { promisify } from 'node:util'
import { hang } from './door.ts'
import { native, timersModule, timersPromises } from './natives.ts'
import { clear, Timeout } from './timeout.ts'

type Callback = (...args: unknown[]) => unknown
type SetTimer = (callback: Callback, delay?: unknown, ...args: unknown[]) => Timeout
interface SleepOptions {
  signal?: AbortSignal
  ref?: boolean
}

/** What Node rejects a sleep with whose signal is aborted. */
const abortError = (signal: AbortSignal): Error =>
  Object.defineProperty(
    Object.assign(new Error('The operation was aborted', { cause: signal.reason }), { code: 'ABORT_ERR' }),
    'name',
    { value: 'AbortError', configurable: true, writable: true },
  )

/** Whether Node would take these arguments; its own function has the right error for others. */
const isValid = (delay: unknown, options: unknown): options is SleepOptions => {
  if (delay !== undefined && typeof delay !== 'number') return false
  if (typeof options !== 'object' || options === null) return false
  const { signal, ref } = options as { signal?: unknown; ref?: unknown }
  return (
    (signal === undefined || (typeof signal === 'object' && signal !== null && 'aborted' in signal)) &&
    (ref === undefined || typeof ref === 'boolean')
  )
}

function sleep(delay?: number, value?: unknown, options: unknown = {}): Promise<unknown> {
  if (!isValid(delay, options)) return native.sleep(delay, value, options as SleepOptions)
  const { signal, ref = true } = options
  if (signal?.aborted) return Promise.reject(abortError(signal))
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      timer.close()
      reject(abortError(signal!))
    }
    const timer = new Timeout(
      () => {
        signal?.removeEventListener('abort', onAbort)
        resolve(value)
      },
      delay,
      [],
      { holds: ref },
    )
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}

/** The async iterator of `node:timers/promises`: a tick for each that has passed, also those that came while the loop was busy. */
async function* ticks(delay?: number, value?: unknown, options: unknown = {}): AsyncGenerator<unknown> {
  // Node's own function tells what is wrong.
  if (!isValid(delay, options)) return yield* realTicks(delay, value, options as SleepOptions)
  const { signal, ref = true } = options
  if (signal?.aborted) throw abortError(signal)
  let passed = 0
  let wake: (() => void) | undefined
  const timer = new Timeout(
    () => {
      passed += 1
      wake?.()
    },
    delay,
    [],
    { repeats: true, holds: ref },
  )
  const onAbort = (): void => {
    timer.close()
    wake?.()
  }
  signal?.addEventListener('abort', onAbort, { once: true })
  try {
    for (;;) {
      if (signal?.aborted) throw abortError(signal)
      if (passed === 0) await new Promise<void>((resolve) => (wake = resolve))
      for (; passed > 0; passed--) yield value
    }
  } finally {
    timer.close()
    signal?.removeEventListener('abort', onAbort)
  }
}

let realTicks: typeof timersPromises.setInterval

/** Signals that are composed of others hold them weakly: until it fires, the timer holds this one. */
function timeoutSignal(delay: number): AbortSignal {
  if (typeof delay !== 'number' || !(delay >= 0 && delay <= Number.MAX_SAFE_INTEGER && Number.isInteger(delay)))
    return realTimeoutSignal.call(AbortSignal, delay)
  const controller = new AbortController()
  const abort = (): void =>
    controller.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'))
  new Timeout(abort, delay, [], { holds: false, endsWithSession: true })
  return controller.signal
}

let realTimeoutSignal: typeof AbortSignal.timeout

const setter =
  (real: typeof setTimeout, repeats: boolean): SetTimer =>
  (callback, delay, ...args) =>
    typeof callback === 'function'
      ? new Timeout(callback, delay, args, { repeats })
      : // Node's own function tells what is wrong.
        (real(callback) as never)

/**
 * Hangs the doors of all timers: `setTimeout`, `setInterval` and what clears them, the same in `node:timers` and `node:timers/promises`,
 * and `AbortSignal.timeout`. `queueMicrotask`, `process.nextTick` and `setImmediate` stay as they are: they take no time.
 */
export function hangTimers(): void {
  const doors = {
    setTimeout: setter(native.setTimeout, false),
    setInterval: setter(native.setTimeout, true),
    clearTimeout: clear,
    clearInterval: clear,
  }
  Object.defineProperty(doors.setTimeout, promisify.custom, { enumerable: true, get: () => timersPromises.setTimeout })
  for (const name of Object.keys(doors) as (keyof typeof doors)[]) {
    hang(name, globalThis as unknown as typeof doors, name, () => doors[name])
    hang(`timers.${name}`, timersModule as unknown as typeof doors, name, () => doors[name])
  }
  hang('timers/promises.setTimeout', timersPromises, 'setTimeout', () => sleep as never)
  realTicks = hang('timers/promises.setInterval', timersPromises, 'setInterval', () => ticks as never)
  hang(
    'timers/promises.scheduler.wait',
    timersPromises.scheduler,
    'wait',
    () => (delay, options) => sleep(delay, undefined, options) as Promise<void>,
  )
  realTimeoutSignal = hang('AbortSignal.timeout', AbortSignal, 'timeout', () => timeoutSignal)
  syncBuiltinESMExports()
}
