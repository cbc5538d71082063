import { syncBuiltinESMExports } from 'node:module'
import { hang } from './door.ts'
import { native, osModule } from './natives.ts'
import { realm } from './realm.ts'
import { behind } from './stand.ts'

/**
 * The present time on the scale of `performance.now()`: it goes on from its real value when a simulated clock begins, and after the clock has ended
 * it never goes back: it is ahead of the real one by what was simulated.
 */
export const monotonicNow = (): number => (behind.time ? behind.time.monotonic() : native.now() + realm.ahead)

/** Keeps monotonic time from going back when a simulated clock ends that stood at `at`. */
export function keepAhead(at: number): void {
  realm.ahead = Math.max(realm.ahead, at - native.now())
}

const NANOSECONDS = 1_000_000
const toNanoseconds = (ms: number): bigint => {
  const whole = Math.floor(ms)
  return BigInt(whole) * 1_000_000n + BigInt(Math.round((ms - whole) * NANOSECONDS))
}

/** What `hrtime` showed when `performance.now()` showed zero. Nanoseconds. */
const HRTIME_ORIGIN = native.hrtime() - toNanoseconds(native.now())

function hangHrtime(): void {
  const bigint = (): bigint => HRTIME_ORIGIN + toNanoseconds(monotonicNow())
  hang('process.hrtime', process, 'hrtime', (real) => {
    const hrtime = (before?: [number, number]): [number, number] => {
      // Node's own function tells what is wrong.
      if (before !== undefined && !(Array.isArray(before) && before.length === 2)) return real(before)
      const present = bigint()
      let seconds = Number(present / 1_000_000_000n)
      let nanoseconds = Number(present % 1_000_000_000n)
      if (before) {
        seconds -= before[0]
        nanoseconds -= before[1]
        if (nanoseconds < 0) {
          seconds -= 1
          nanoseconds += 1_000_000_000
        }
      }
      return [seconds, nanoseconds]
    }
    return Object.assign(hrtime, { bigint })
  })
  hang('process.uptime', process, 'uptime', (real) => () => real() + (monotonicNow() - native.now()) / 1_000)
  hang('os.uptime', osModule, 'uptime', (real) => () => real() + Math.floor((monotonicNow() - native.now()) / 1_000))
}

/** `performance.now`, its origin, and marks and measures, which read the time natively where they are not given one. */
function hangPerformance(): void {
  const prototype = Object.getPrototypeOf(performance) as Performance
  hang('performance.now', prototype, 'now', (real) => {
    return function (this: Performance) {
      // Node's own function tells what is wrong with `this`.
      return this === performance ? monotonicNow() : real.call(this)
    }
  })
  const { get } = Object.getOwnPropertyDescriptor(prototype, 'timeOrigin')!
  Object.defineProperty(prototype, 'timeOrigin', {
    configurable: true,
    enumerable: true,
    get(this: Performance) {
      return behind.time ? behind.time.wall() - behind.time.monotonic() : (get!.call(this) as number)
    },
  })
  hang('performance.mark', prototype, 'mark', (real) => {
    return function (this: Performance, name, options) {
      return real.call(this, name, { startTime: monotonicNow(), ...options })
    }
  })
  hang('performance.measure', prototype, 'measure', (real) => {
    return function (this: Performance, name, from, to) {
      if (typeof from === 'object' && from !== null) {
        const { end, start, duration } = from
        const isOpen = end === undefined && (start === undefined || duration === undefined)
        return real.call(this, name, isOpen ? { ...from, end: monotonicNow() } : from, to)
      }
      const end = to ?? monotonicNow()
      return real.call(this, name, { ...(from !== undefined && { start: from }), end })
    }
  })
}

/** `event.timeStamp`: what the clock showed when it was first asked for. */
function hangTimeStamps(): void {
  const { get } = Object.getOwnPropertyDescriptor(Event.prototype, 'timeStamp')!
  const seen = new WeakMap<Event, number>()
  Object.defineProperty(Event.prototype, 'timeStamp', {
    configurable: true,
    enumerable: true,
    get(this: Event) {
      const real = get!.call(this) as number
      if (!behind.time && realm.ahead === 0) return real
      let stamp = seen.get(this)
      if (stamp === undefined) seen.set(this, (stamp = monotonicNow()))
      return stamp
    },
  })
}

/** Hangs the doors of monotonic time: `performance`, `process.hrtime`, `process.uptime`, `os.uptime`, `event.timeStamp`. */
export function hangMonotonicTime(): void {
  hangHrtime()
  hangPerformance()
  hangTimeStamps()
  syncBuiltinESMExports()
}
