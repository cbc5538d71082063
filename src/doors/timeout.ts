import { AsyncResource } from 'node:async_hooks'
import type { Armed, TimeBehind } from './behind.ts'
import { native } from './natives.ts'
import { shared } from './realm.ts'
import { behind } from './stand.ts'

/** The longest delay of a timer, as in Node. Milliseconds. */
const MAX_DELAY_MS = 2 ** 31 - 1

type Callback = (...args: unknown[]) => unknown

/** Where a timer waits. */
type Place = 'nowhere' | 'real' | 'simulated'

/** Timers that wait on the real clock. When a simulated one begins, they wait on that. */
const onRealClock = shared('timers.onRealClock', () => new Set<Timeout>())
/** Timers that were asked for their number, by which they may be cleared. */
const numbered = shared('timers.numbered', () => new Map<number, Timeout>())
/** Marks all timers of ours, whichever copy of longhaul made them. */
const OURS = shared('timers.mark', () => Symbol('longhaul.timer'))
const isOurs = (value: unknown): value is Timeout => typeof value === 'object' && value !== null && OURS in value

/** The delay that Node gives a timer: a whole number from 1 to the longest one, else 1, and a warning where Node warns. */
function delayOf(given: unknown): number {
  const delay = given === undefined ? 1 : Number(given)
  if (delay >= 1 && delay <= MAX_DELAY_MS) return Math.trunc(delay)
  if (delay > MAX_DELAY_MS)
    process.emitWarning(
      `${delay} does not fit into a 32-bit signed integer.\nTimeout duration was set to 1.`,
      'TimeoutOverflowWarning',
    )
  return 1
}

/**
 * A timer, as `setTimeout` and `setInterval` give it: the same methods, `this` and order as Node's. It waits on the clock that is
 * in force, and moves to the next one when clocks change.
 */
export class Timeout extends AsyncResource implements Armed, Disposable {
  readonly delay: number
  readonly repeats: boolean
  /** Whether the timer ends with the session that it was set in, even if it does not hold the process. */
  readonly endsWithSession: boolean
  kept: object | undefined = undefined
  #callback: Callback | undefined
  readonly #args: readonly unknown[]
  #place: Place = 'nowhere'
  #real: NodeJS.Timeout | undefined
  #holds: boolean
  #number: number | undefined

  constructor(
    callback: Callback,
    delay: unknown,
    args: readonly unknown[],
    { repeats = false, holds = true, endsWithSession = false } = {},
  ) {
    // Not AsyncLocalStorage.snapshot(), which waits for the garbage collector to announce its end: forty times the price.
    super('SimulatedTimer', { requireManualDestroy: true })
    this.#callback = callback
    this.delay = delayOf(delay)
    this.#args = args
    this.repeats = repeats
    this.#holds = holds
    this.endsWithSession = endsWithSession
    this.#arm()
  }

  get [OURS](): true {
    return true
  }

  /** Lets the timer hold the process open. */
  ref(): this {
    this.#holds = true
    this.#real?.ref()
    return this
  }

  /** Lets the process end before the timer fires. */
  unref(): this {
    this.#holds = false
    this.#real?.unref()
    return this
  }

  /** Whether the timer holds the process open. */
  hasRef(): boolean {
    return this.#holds
  }

  /** Lets the timer begin anew, also one that has fired. */
  refresh(): this {
    if (!this.#callback) return this
    this.#disarm()
    this.#arm()
    return this
  }

  /** Cancels the timer. */
  close(): this {
    this.#callback = undefined
    this.#disarm()
    if (this.#number !== undefined) numbered.delete(this.#number)
    return this
  }

  [Symbol.dispose](): void {
    this.close()
  }

  [Symbol.toPrimitive](): number {
    if (this.#number === undefined && this.#callback) {
      this.#number = this.asyncId()
      numbered.set(this.#number, this)
    }
    return this.#number ?? this.asyncId()
  }

  fire(): void {
    this.#place = 'nowhere'
    const callback = this.#callback
    if (!callback) return
    try {
      if (this.#args.length === 0) this.runInAsyncScope(callback, this)
      else this.runInAsyncScope(callback, this, ...this.#args)
    } finally {
      if (this.repeats) {
        if (this.#callback && this.#place === 'nowhere') this.#arm()
      } else if (this.#number !== undefined && this.#place === 'nowhere') numbered.delete(this.#number)
    }
  }

  /** Moves a timer that waits on the real clock to a simulated one, where it begins anew. */
  moveTo(time: TimeBehind): void {
    this.#disarm()
    this.#place = 'simulated'
    time.arm(this)
  }

  /** Moves a timer that a simulated clock has let go to the real one, where it begins anew. */
  moveToRealClock(): void {
    this.#place = 'nowhere'
    if (this.#callback) this.#armOnRealClock()
  }

  /** Ends a timer that a simulated clock has let go. */
  drop(): void {
    this.#place = 'nowhere'
    this.close()
  }

  #arm(): void {
    const { time } = behind
    if (!time) return this.#armOnRealClock()
    this.#place = 'simulated'
    time.arm(this)
  }

  #armOnRealClock(): void {
    this.#place = 'real'
    onRealClock.add(this)
    this.#real = native.setTimeout(() => {
      onRealClock.delete(this)
      this.fire()
    }, this.delay)
    if (!this.#holds) this.#real.unref()
  }

  #disarm(): void {
    if (this.#place === 'real') {
      native.clearTimeout(this.#real)
      onRealClock.delete(this)
    } else if (this.#place === 'simulated') behind.time?.disarm(this)
    this.#place = 'nowhere'
  }
}

/** Cancels what `setTimeout` or `setInterval` gave: a timer of ours, of Node's own, or the number of one. */
export function clear(handle: unknown): void {
  if (isOurs(handle)) return void handle.close()
  const known = typeof handle === 'number' || typeof handle === 'string' ? numbered.get(Number(handle)) : undefined
  if (known) known.close()
  else native.clearTimeout(handle as NodeJS.Timeout)
}

/** Lets the timers that wait on the real clock wait on a simulated one, which has just been put behind the doors. */
export function takeTimersOver(time: TimeBehind): void {
  for (const timer of [...onRealClock]) timer.moveTo(time)
}

/** Timers that go on after the session in which they were set; the oldest end where there are more, as each run may leave some. */
const MAX_GOING_ON = 64

/**
 * Gives the timers that a simulated clock still had back to the real one: those that were set before it began, and those that do not hold the
 * process, which do the housekeeping of modules. What holds the process is part of what a test did, and ends with its test.
 *
 * @returns the intervals that have ended so
 */
export function giveTimersBack(left: readonly Armed[], setBefore: ReadonlySet<Armed>): readonly Armed[] {
  const goOn: Timeout[] = []
  const ended: Timeout[] = []
  for (const timer of left) {
    if (!isOurs(timer)) continue
    if (setBefore.has(timer) || !(timer.hasRef() || timer.endsWithSession)) goOn.push(timer)
    else ended.push(timer)
  }
  for (const [index, timer] of goOn.entries())
    if (goOn.length - index <= MAX_GOING_ON) timer.moveToRealClock()
    else timer.drop()
  for (const timer of ended) timer.drop()
  return ended.filter(({ repeats }) => repeats)
}
