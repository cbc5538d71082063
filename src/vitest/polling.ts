import { AsyncLocalStorage } from 'node:async_hooks'
import { expect, vi, type ExpectStatic } from 'vitest'
import { type Clock } from '../clock/index.ts'
import { replaceProperties, restoreAll, type Restore } from '../doors/index.ts'

type Work = (...given: unknown[]) => unknown

/** Vitest's own pause between two polls. Milliseconds. */
const POLL_EVERY_MS = 50

/** Where Vitest keeps the timers that its own waiting goes by; it looks there at each call. */
const SAFE_TIMERS = 'vitest:SAFE_TIMERS'

/** The timers that what waits at present goes by, in place of Vitest's. */
const waiting = new AsyncLocalStorage<PollTimers | undefined>()

type PollTimers = Record<'setTimeout' | 'setInterval', (work: Work, delay?: number) => unknown> &
  Record<'clearTimeout' | 'clearInterval', (timer: unknown) => void>

/**
 * Timers on a clock, for polls. Polls come when the process has come to rest after any timer too: what is true in between is seen. That
 * they fire is no progress: a poll that goes on for ever is ended by its own timeout.
 *
 * @param pollEveryMs how a timeout is known that is the pause between two polls
 */
function pollTimers(clock: Clock, pollEveryMs?: number): PollTimers {
  const after = (work: Work, delay: unknown): { cancel: () => void } => {
    const ms = Math.max(1, Number(delay) || 0)
    const run = AsyncLocalStorage.bind(() => {
      timer.cancel()
      work()
    })
    const cancel = clock.after(ms, run)
    const ignore = ms === pollEveryMs ? clock.onRest(run) : () => {}
    const timer = {
      cancel() {
        ignore()
        cancel()
      },
    }
    return timer
  }
  const every = (work: Work, delay: unknown): { cancel: () => void } => {
    const ms = Math.max(1, Number(delay) || 0)
    const poll = AsyncLocalStorage.bind(() => void work())
    const wake = (): void => void (cancelNext = clock.after(ms, wake))
    let cancelNext = clock.after(ms, wake)
    const ignore = clock.onRest(poll)
    return {
      cancel() {
        ignore()
        cancelNext()
      },
    }
  }
  const clear = (timer: unknown): void => (timer as { cancel: () => void } | undefined)?.cancel()
  return {
    setTimeout: after,
    setInterval: every,
    clearTimeout: clear,
    clearInterval: clear,
  }
}

/** What the test gives to be polled waits for itself, if it does, by Vitest's timers as ever. */
const asEver = (polled: unknown): unknown =>
  typeof polled !== 'function'
    ? polled
    : function (this: unknown, ...given: unknown[]) {
        return waiting.run(undefined, () => Reflect.apply(polled as Work, this, given) as unknown)
      }

/** The same function, with its waiting done by other timers. */
const waitingBy =
  (timers: PollTimers, wait: Work): Work =>
  (polled, ...rest) =>
    waiting.run(timers, () => wait(asEver(polled), ...rest))

/** The assertions of `expect.poll`, which wait when they are awaited. */
function polledBy(timers: PollTimers, assertion: object): object {
  const lazily = (result: unknown): unknown => {
    if (typeof result !== 'object' || result === null || !('then' in result)) return result
    const promise = result as Record<'then' | 'catch' | 'finally', Work>
    const wrapped =
      (name: 'then' | 'catch' | 'finally'): Work =>
      (...given) =>
        waiting.run(timers, () => Reflect.apply(promise[name], promise, given) as unknown)
    return { ...promise, then: wrapped('then'), catch: wrapped('catch'), finally: wrapped('finally') }
  }
  return new Proxy(assertion, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name)
      if (typeof value === 'function') return (...given: unknown[]) => lazily(Reflect.apply(value, target, given))
      return typeof value === 'object' && value !== null ? polledBy(timers, value) : value
    },
  })
}

/** Lets Vitest find other timers where something waits that is to go by them. */
function replaceSafeTimers(): Restore {
  const place = Object.getOwnPropertySymbols(globalThis).find(({ description }) => description === SAFE_TIMERS)
  if (!place)
    throw new Error(
      'longhaul cannot find the timers of this version of Vitest, that vi.waitFor() and expect.poll() use. Please report this problem.',
    )
  const own = Object.getOwnPropertyDescriptor(globalThis, place)!
  const timers = (globalThis as Record<symbol, unknown>)[place] as object
  Object.defineProperty(globalThis, place, {
    configurable: true,
    get: () => {
      const inForce = waiting.getStore()
      return inForce ? { ...timers, ...inForce } : timers
    },
  })
  return () => void Object.defineProperty(globalThis, place, own)
}

/** What polls on the clock of a test. */
export interface Polls {
  /**
   * The test's own `expect`, made to poll so too. It is given when it is asked for: Vitest counts the assertions of
   * whichever was asked for.
   */
  local: (own: ExpectStatic) => ExpectStatic
  restore: Restore
}

/**
 * Lets `vi.waitFor`, `vi.waitUntil` and `expect.poll` wait on the clock of a test: their intervals and timeouts are of
 * its time. They are Vitest's own, with other timers.
 */
export function pollOn(clock: Clock): Polls {
  const timers = pollTimers(clock)
  const restores = [replaceSafeTimers()]
  const imported = vi.dynamicImportSettled.bind(vi)
  restores.push(
    replaceProperties(vi, {
      waitFor: waitingBy(timers, vi.waitFor as Work),
      waitUntil: waitingBy(timers, vi.waitUntil as Work),
      // Imports happen in another thread.
      dynamicImportSettled: () => clock.io(imported()),
    }),
  )
  const polling = new WeakSet<ExpectStatic>()
  const local = (own: ExpectStatic): ExpectStatic => {
    if (polling.has(own)) return own
    polling.add(own)
    const poll = own.poll as unknown as Work
    const onClock: Work = (polled, options, ...rest) => {
      const { interval = POLL_EVERY_MS } = (options ?? {}) as { interval?: number }
      return polledBy(pollTimers(clock, interval), poll(asEver(polled), options, ...rest) as object)
    }
    restores.push(replaceProperties(own, { poll: onClock }))
    return own
  }
  local(expect)
  return { local, restore: () => restoreAll(restores) }
}
