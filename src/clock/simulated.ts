import { ClockInUseError, DeadlockError, TimerStormError } from './errors.ts'
import { formatDuration, parseDuration, type Duration, type Milliseconds } from './duration.ts'
import {
  behind,
  emptyPools,
  giveTimersBack,
  installDoors,
  keepAhead,
  monotonicNow,
  native,
  shared,
  stand,
  takeTimersOver,
  type Armed,
  type ChanceBehind,
  type TimeBehind,
} from '../doors/index.ts'
import { AttentiveTime } from './attentive-time.ts'
import { defaultEpoch, noteWall } from './epoch.ts'
import type { Clock, TimeMode, Waiter } from './port.ts'
import { beginSteady } from './steady.ts'
import { TimerQueue } from './timer-queue.ts'
import { watchProcess, type Activity, type Quiescence } from './quiescence.ts'
import type { Waits } from './quiet/holds.ts'
import { OWN_WAIT_MS } from './quiet/real-timers.ts'

/** Settings of the clock of a test. */
export interface ClockOptions {
  /**
   * The simulated date at which each test starts, in Unix milliseconds. Default: each test of a file starts seven days
   * after the previous one, and the first one in 2030.
   */
  epoch?: Milliseconds
  /** Real time that an unanswered exchange with another process may hold the clock. Default 2 s. */
  settle?: Duration
  /** Real time after the last piece of an answer from another process. Default 10 ms. */
  quiet?: Duration
  /**
   * Simulated time for which timers may fire without any other event. Default 24 h. Fewer than 1,000 timers are never a
   * storm, and more than a million always.
   */
  horizon?: Duration
  /** Real time without any pending event after which the clock reports a deadlock. Default 400 ms. */
  deadlockAfter?: Duration
  /** Report activity that the clock cannot see. */
  probes?: readonly (() => boolean)[]
  /** Returns the agent in whose context it is called. */
  actor?: () => string | undefined
  /** Receives a line every two real seconds during a run. Default: standard error. */
  tell?: (line: string) => void
}

/** What a simulated clock is made of. */
export interface SimulatedClockOptions extends ClockOptions {
  /** `virtual` jumps from timer to timer; `scaled` lets `factor` simulated seconds pass in a real one. */
  mode: Exclude<TimeMode, { kind: 'real' }>
  /** Keyed chance for `Math.random` and `crypto` inside the run; the real ones when left out. */
  chance?: ChanceBehind
}

/** Fired timers without progress, after which it is a storm whatever the simulated time. */
const STORM_TIMERS = 1_000_000
/** A storm has at least so many timers: one that sleeps for a week is not one. */
const STORM_LEAST_TIMERS = 1_000
/** Timers that fire before those that are counted by kind: most runs have fewer, and do without. */
const UNCOUNTED_TIMERS = STORM_LEAST_TIMERS / 2
/** Reads of a clock, with nothing else between them, in which a millisecond passes: who waits in a loop shall see the end. */
const READS_A_MS = 200
const TELL_EVERY_MS = 2_000
/**
 * Where nothing else is left to happen, other processes and threads are waited for that have timers of their own: for
 * so many times `settle`, which is more than the longest pause between two tries of an official SDK.
 */
const OTHERS_SETTLE = 5
const LOOK_AT_OTHERS_MS = 20

/** Turns of the event loop with nothing but immediates in which a millisecond passes: fewer, the longer the code under test does nothing else. */
const turnsAMs = (turns: number): number => (turns < 5_000 ? 50 : turns < 50_000 ? 10 : 1)

const kindOf = (timer: Armed): string =>
  timer instanceof OwnTimer ? 'timer of longhaul' : timer.repeats ? 'interval' : 'timeout'
/** Timers of one kind and delay are counted together. */
const keyOf = (timer: Armed): string => `${kindOf(timer)} ${timer.delay}`
/** Pending timers that a storm names. */
const MAX_PENDING = 3

/** Intervals of earlier tests that held the process, and so ended with their tests. */
const endedIntervals = shared('clock.endedIntervals', () => [] as Milliseconds[])

/** A timer of longhaul itself. */
class OwnTimer implements Armed {
  readonly delay: Milliseconds
  readonly repeats = false
  kept: object | undefined = undefined
  readonly fire: () => void
  constructor(delay: Milliseconds, fire: () => void) {
    this.delay = delay
    this.fire = fire
  }
}

/**
 * Starts a simulated clock: puts it behind the doors of time, and drives it until `stop()`.
 *
 * Virtual time moves to the next timer only when the process is quiescent: no microtask, no immediate, no file, DNS or
 * thread-pool request, no exchange open on a socket or child process. Scaled time moves with the wall clock.
 *
 * @throws ClockInUseError if a simulated clock or other fake timers are in force in this worker
 */
export function startSimulatedClock(options: SimulatedClockOptions): Clock {
  installDoors()
  if (behind.time) throw new ClockInUseError('A simulated clock is already running in this worker.')
  if ((Date as { isFake?: boolean }).isFake || (setTimeout as { clock?: unknown }).clock) {
    throw new ClockInUseError('Fake timers (vi.useFakeTimers) are already in force in this worker.')
  }
  const clock = new SimulatedClock(options)
  beginSteady()
  return clock
}

class SimulatedClock implements Clock, TimeBehind {
  readonly mode: TimeMode
  readonly epoch: Milliseconds
  readonly #queue = new TimerQueue()
  readonly #attention = new AttentiveTime()
  readonly #quiescence: Quiescence
  readonly #leave: (() => void)[] = []
  /** Timers that were set before this clock began. */
  readonly #takenOver: ReadonlySet<Armed>
  readonly #monotonicStart = monotonicNow()
  readonly #options: SimulatedClockOptions
  readonly #horizon: Milliseconds
  readonly #deadlockAfter: Milliseconds
  readonly #othersWithin: Milliseconds
  readonly #waiterSources = new Set<() => readonly Waiter[]>()
  readonly #supervised = new Set<(reason: unknown) => void>()
  readonly #restListeners = new Set<() => void>()
  #hasFired = false
  #now: Milliseconds = 0
  #reads = 0
  #turns = 0
  #heldTurns = 0
  #idleSince: number | undefined
  #failure: Error | undefined
  #stopped = false
  #realStart = native.now()
  #toldAt = native.now()
  #fired = 0
  #sleeping = 0
  #progressAt: Milliseconds = 0
  #firedAtProgress = 0
  #firedByTimer = new Map<string, { kind: string; everyMs: Milliseconds; fired: number }>()

  constructor(options: SimulatedClockOptions) {
    this.#options = options
    this.mode = options.mode
    this.epoch = options.epoch ?? defaultEpoch()
    this.#horizon = parseDuration(options.horizon ?? '24h')
    this.#deadlockAfter = parseDuration(options.deadlockAfter ?? '400ms')
    const settleMs = parseDuration(options.settle ?? '2s')
    this.#othersWithin = Math.max(OTHERS_SETTLE * settleMs, this.#deadlockAfter)
    this.#quiescence = watchProcess(
      { settleMs, quietMs: parseDuration(options.quiet ?? '10ms') },
      { now: this.#attention.now, probes: options.probes ?? [], waitsOf: (since) => this.#waitsOf(since) },
    )
    if (options.chance) {
      emptyPools()
      this.#leave.push(stand('chance', options.chance))
    }
    this.#leave.push(stand('time', this))
    takeTimersOver(this)
    this.#takenOver = new Set(this.#queue)
    this.#soon()
  }

  now(): Milliseconds {
    return this.#now
  }

  wall(): Milliseconds {
    this.#read()
    return this.epoch + this.#now
  }

  monotonic(): Milliseconds {
    this.#read()
    return this.#monotonicStart + this.#now
  }

  arm(timer: Armed): void {
    this.#reads = 0
    this.#queue.add(timer, this.#now)
  }

  disarm(timer: Armed): void {
    this.#queue.delete(timer)
  }

  after(delay: Milliseconds, action: () => void): () => void {
    if (delay === Number.POSITIVE_INFINITY) return () => {}
    const timer = new OwnTimer(Math.max(0, Math.round(delay)), action)
    this.#queue.add(timer, this.#now)
    return () => this.#queue.delete(timer)
  }

  async sleep(delay: Milliseconds, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    this.#sleeping += 1
    try {
      await new Promise<void>((resolve, reject) => {
        const onAbort = (): void => {
          cancel()
          reject(signal?.reason)
        }
        const cancel = this.after(delay, () => {
          signal?.removeEventListener('abort', onAbort)
          resolve()
        })
        signal?.addEventListener('abort', onAbort, { once: true })
      })
    } finally {
      this.#sleeping -= 1
      this.progress()
    }
  }

  io<T>(work: Promise<T>): Promise<T> {
    this.#quiescence.hold(work, this.#now)
    return work
  }

  async supervise<T>(work: () => T | Promise<T>): Promise<T> {
    if (this.#failure) throw this.#failure
    let fail!: (reason: unknown) => void
    const failed = new Promise<never>((_, reject) => (fail = reject))
    this.#supervised.add(fail)
    try {
      return await Promise.race([(async () => work())(), failed])
    } finally {
      this.#supervised.delete(fail)
    }
  }

  progress(): void {
    this.#progressAt = this.#now
    this.#reads = 0
    this.#turns = 0
    this.#firedAtProgress = this.#fired
    // To clear an empty table makes a new one.
    if (this.#firedByTimer.size > 0) this.#firedByTimer.clear()
  }

  describeWaiters(source: () => readonly Waiter[]): () => void {
    this.#waiterSources.add(source)
    return () => this.#waiterSources.delete(source)
  }

  onRest(listener: () => void): () => void {
    this.#restListeners.add(listener)
    return () => this.#restListeners.delete(listener)
  }

  intervals(): Milliseconds[] {
    return [...this.#queue].flatMap((timer) =>
      timer.repeats && timer.hasRef?.() && !this.#takenOver.has(timer) ? [timer.delay] : [],
    )
  }

  timeouts(): Milliseconds[] {
    return [...this.#queue].flatMap((timer) =>
      !timer.repeats && timer.hasRef?.() && !this.#takenOver.has(timer) ? [this.#queue.dueAt(timer) - this.#now] : [],
    )
  }

  holding(): string | undefined {
    return this.#quiescence.holding() ?? this.#waitsForOthers()
  }

  /** Which other process or thread it waits for where nothing else is left to happen. */
  #waitsForOthers(): string | undefined {
    const [other] = this.#idleSince === undefined ? [] : this.#quiescence.asleep()
    return other && `${other} waits for a timer of its own`
  }

  stop(): void {
    if (this.#stopped) return
    this.#stopped = true
    this.#quiescence.stop()
    for (const leave of this.#leave) leave()
    keepAhead(this.#monotonicStart + this.#now)
    noteWall(this.epoch + this.#now)
    beginSteady()
    for (const { delay } of giveTimersBack(this.#queue.drain(), this.#takenOver)) endedIntervals.push(delay)
  }

  /** Counts reads of the clock: code that does nothing but read it waits for time to pass. */
  #read(): void {
    this.#reads += 1
    if (this.#reads < READS_A_MS) return
    this.#reads = 0
    this.#now = this.mode.kind === 'virtual' ? this.#now + 1 : Math.max(this.#now, Math.floor(this.#elapsed()))
  }

  /**
   * Looks what is to be done next: fires one timer, lets time pass, or waits. It runs as a callback of the event loop, so that ticks and microtasks
   * run after each timer in the order in which they run on the real clock.
   */
  readonly #step = (): void => {
    if (this.#stopped || this.#failure) return
    const now = this.#attention.turn()
    const activity = this.mode.kind === 'virtual' ? this.#quiescence.activity() : undefined
    this.#tell(activity)
    if (activity?.kind === 'immediates') return this.#passTurn()
    if (activity?.kind === 'arrivals') {
      this.#idleSince = undefined
      return this.#soon()
    }
    this.#turns = 0
    if (activity?.kind === 'io') {
      this.#heldTurns += 1
      this.#reads = 0
      this.#idleSince = undefined
      // Spin for the short ones, then let the event loop sleep in the poll phase: I/O wakes it at once.
      return this.#heldTurns > 20 ? this.#after(1) : this.#soon()
    }
    if (this.#heldTurns > 0) {
      this.#heldTurns = 0
      this.progress()
      return this.#soon()
    }
    if (this.#tellRest()) return this.#soon()
    const next = this.#queue.nextAt
    if (next === undefined) return this.#idle(now)
    this.#idleSince = undefined
    if (next > this.#elapsed()) return this.#waitFor(next)
    this.#soon()
    this.#fire()
  }

  /** Tells who wants to know that the process has come to rest after a timer. */
  #tellRest(): boolean {
    if (!this.#hasFired || this.#restListeners.size === 0) return false
    this.#hasFired = false
    for (const listener of this.#restListeners) listener()
    return true
  }

  #soon(): void {
    native.setImmediate(this.#step)
  }

  #after(ms: Milliseconds): void {
    native.setTimeout(this.#step, ms)
  }

  /** A turn of the event loop in which the code under test has nothing but immediates: time passes slowly, and never jumps. */
  #passTurn(): void {
    this.#turns += 1
    if (this.#turns % turnsAMs(this.#turns) === 0) this.#now += 1
    this.#idleSince = undefined
    this.#soon()
    if ((this.#queue.nextAt ?? Number.POSITIVE_INFINITY) <= this.#now) this.#fire()
  }

  /** Nothing is left to happen. */
  #idle(now: Milliseconds): void {
    if (this.mode.kind === 'scaled') this.#catchUp()
    else if (this.#supervised.size > 0) {
      this.#idleSince ??= now
      if (now - this.#idleSince >= this.#deadlockAfter) {
        const asleep = this.#quiescence.asleep()
        if (asleep.length === 0 || now - this.#idleSince >= this.#othersWithin) {
          const realTimers = this.#quiescence.realTimers()
          const known = { realTimers, endedIntervals: [...endedIntervals], asleep }
          return this.#fail(new DeadlockError(this.#now, this.#waiters(), known))
        }
        // A look takes time on a core that the others may want.
        return this.#after(LOOK_AT_OTHERS_MS)
      }
    } else this.#idleSince = undefined
    this.#after(1)
  }

  /** The simulated time at which a scaled clock stands by the wall clock. */
  #elapsed(): Milliseconds {
    return this.mode.kind === 'scaled' ? (native.now() - this.#realStart) * this.mode.factor : Number.POSITIVE_INFINITY
  }

  /** Waits on the wall clock for a timer of a scaled clock; time moves on meanwhile. */
  #waitFor(next: Milliseconds): void {
    const factor = this.mode.kind === 'scaled' ? this.mode.factor : 1
    native.setTimeout(
      () => {
        if (!this.#stopped) this.#catchUp()
        this.#step()
      },
      Math.min(Math.max((next - this.#elapsed()) / factor, 0), OWN_WAIT_MS),
    )
  }

  #catchUp(): void {
    const next = this.#queue.nextAt ?? Number.POSITIVE_INFINITY
    this.#now = Math.max(this.#now, Math.floor(Math.min(this.#elapsed(), next - 1)))
  }

  #fire(): void {
    const at = this.#queue.nextAt!
    const timer = this.#queue.peek()!
    this.#fired += 1
    const fired = this.#fired - this.#firedAtProgress
    if (fired > UNCOUNTED_TIMERS && this.#sleeping === 0 && this.#isStorm(timer, fired)) return
    this.#queue.delete(timer)
    this.#hasFired = true
    this.#now = Math.max(this.#now, at)
    this.#reads = 0
    try {
      timer.fire()
    } catch (error) {
      // As on the real clock, an error thrown by a timer's callback is nobody's to catch.
      native.setImmediate(() => {
        throw error
      })
    }
  }

  /** Counts a timer that fires without any progress, and ends the run if there is no end to them. */
  #isStorm(timer: Armed, fired: number): boolean {
    const key = keyOf(timer)
    const tally = this.#firedByTimer.get(key)
    if (tally) tally.fired += 1
    else if (this.#firedByTimer.size < 1_000)
      this.#firedByTimer.set(key, { kind: kindOf(timer), everyMs: timer.delay, fired: 1 })
    if (fired <= STORM_LEAST_TIMERS) return false
    if (fired <= STORM_TIMERS && this.#now - this.#progressAt <= this.#horizon) return false
    const timers = [...this.#firedByTimer.values()].toSorted((a, b) => b.fired - a.fired)
    const [pending, waiters] = [this.#pending(), this.#waiters()]
    this.#fail(new TimerStormError({ now: this.#now, since: this.#progressAt, fired, timers, pending, waiters }))
    return true
  }

  /** Timers of the code under test of kinds that have not fired since the last progress, the next ones. */
  #pending(): { kind: string; ms: Milliseconds; dueMs: Milliseconds }[] {
    return [...this.#queue]
      .filter(
        (timer) => !(timer instanceof OwnTimer) && !this.#takenOver.has(timer) && !this.#firedByTimer.has(keyOf(timer)),
      )
      .map((timer) => ({ kind: kindOf(timer), ms: timer.delay, dueMs: this.#queue.dueAt(timer) - this.#now }))
      .toSorted((a, b) => a.dueMs - b.dueMs)
      .slice(0, MAX_PENDING)
  }

  /** Whether somebody waits on this clock on behalf of work that was given to `io` at `since` by the agent in whose context this is. */
  #waitsOf(since: Milliseconds): Waits {
    const actor = this.#options.actor?.()
    const waiters = this.#waiters().filter((waiter) => waiter.since >= since)
    return {
      sure: actor !== undefined && waiters.some(({ agent }) => agent === actor),
      perhaps: waiters.some(({ agent }) => actor === undefined || agent === undefined || agent === actor),
    }
  }

  #waiters(): Waiter[] {
    return [...this.#waiterSources].flatMap((source) => source())
  }

  #fail(failure: Error): void {
    this.#failure = failure
    for (const reject of this.#supervised) reject(failure)
  }

  #tell(activity: Activity | undefined): void {
    const real = native.now()
    if (real - this.#toldAt < TELL_EVERY_MS) return
    this.#toldAt = real
    const held = activity?.kind === 'io' ? activity.what : this.#waitsForOthers()
    const state = held ? `waiting for real I/O: ${held}` : `${this.#fired.toLocaleString('en')} timers fired`
    const line = `longhaul: ${formatDuration(this.now())} simulated in ${formatDuration(real - this.#realStart)}; ${state}`
    const tell = this.#options.tell ?? ((text: string) => void process.stderr.write(`${text}\n`))
    tell(line)
  }
}
