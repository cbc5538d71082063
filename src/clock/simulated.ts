import { ClockInUseError, DeadlockError, TimerStormError } from './errors.ts'
import { formatDuration, parseDuration, type Duration, type Milliseconds } from './duration.ts'
import { installChance, installFakeTime, type Chance } from './globals.ts'
import { native, realSleep, realTurn } from './natives.ts'
import type { Restore } from './patch.ts'
import type { Clock, TimeMode, Waiter } from './port.ts'
import { watchProcess, type Activity, type Quiescence } from './quiescence.ts'

/** Settings of a simulated clock. */
export interface SimulatedClockOptions {
  /** `virtual` jumps from timer to timer; `scaled` lets `factor` simulated seconds pass in a real one. */
  mode: Exclude<TimeMode, { kind: 'real' }>
  /** The simulated date at the start, in Unix milliseconds. Default 2025-01-01T00:00:00Z. */
  epoch?: Milliseconds
  /** Keyed chance for `Math.random` and `crypto` inside the run; the real ones when left out. */
  chance?: Chance
  /** Real time that an unanswered exchange with another process may hold the clock. Default 2 s. */
  settle?: Duration
  /** Real time after the last piece of an answer from another process. Default 10 ms. */
  quiet?: Duration
  /** Simulated time that timers may go on firing without anything else happening. Default 24 h. */
  horizon?: Duration
  /** Real time with nothing left to happen after which a deadlock is declared. Default 400 ms. */
  deadlockAfter?: Duration
  /** Things in flight that the clock cannot see by itself. */
  probes?: readonly (() => boolean)[]
  /** Receives a line every two real seconds while a run goes on. Default: standard error. */
  tell?: (line: string) => void
}

/** Fired timers without progress, after which it is a storm whatever the simulated time. */
const STORM_TIMERS = 1_000_000
/** A storm has at least so many timers: one that sleeps for a week is not one. */
const STORM_LEAST_TIMERS = 1_000
/** Turns that pending immediates alone may hold the clock, so that a loop of them does not stop it. */
const IMMEDIATE_TURNS = 100
const TELL_EVERY_MS = 2_000
const MAX_TIMER_MS = 2 ** 31 - 1
const DEFAULT_EPOCH = Date.UTC(2025, 0, 1)

const ACTIVE = Symbol.for('longhaul.clock.active')
type Worker = { [ACTIVE]?: Clock }

type FakeTimer = { callAt: number; delay: number; interval?: number; id: number }

/**
 * Starts a simulated clock: replaces the process's time and drives it until `stop()`.
 *
 * Virtual time moves to the next timer only when the process is quiescent: no microtask, no immediate, no file, DNS or
 * thread-pool request, no exchange open on a socket or child process. Scaled time moves with the wall clock.
 *
 * @throws ClockInUseError if a simulated clock or other fake timers are in force in this worker
 */
export function startSimulatedClock(options: SimulatedClockOptions): Clock {
  const worker = globalThis as Worker
  if (worker[ACTIVE]) throw new ClockInUseError('A simulated clock is already running in this worker.')
  if ((Date as { isFake?: boolean }).isFake || (setTimeout as { clock?: unknown }).clock) {
    throw new ClockInUseError('Fake timers (vi.useFakeTimers) are already in force in this worker.')
  }
  const clock = new SimulatedClock(options)
  worker[ACTIVE] = clock
  return clock
}

class SimulatedClock implements Clock {
  readonly mode: TimeMode
  readonly epoch: Milliseconds
  readonly #time
  readonly #quiescence: Quiescence
  readonly #restoreChance: Restore | undefined
  readonly #options: SimulatedClockOptions
  readonly #horizon: Milliseconds
  readonly #deadlockAfter: Milliseconds
  readonly #waiterSources = new Set<() => readonly Waiter[]>()
  readonly #supervised = new Set<(reason: unknown) => void>()
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
    this.epoch = options.epoch ?? DEFAULT_EPOCH
    this.#horizon = parseDuration(options.horizon ?? '24h')
    this.#deadlockAfter = parseDuration(options.deadlockAfter ?? '400ms')
    this.#quiescence = watchProcess(
      { settleMs: parseDuration(options.settle ?? '2s'), quietMs: parseDuration(options.quiet ?? '10ms') },
      options.probes ?? [],
    )
    this.#restoreChance = options.chance && installChance(options.chance)
    this.#time = installFakeTime(this.epoch)
    void this.#drive()
  }

  now(): Milliseconds {
    return this.#time.fake.now - this.epoch
  }

  after(delay: Milliseconds, action: () => void): () => void {
    if (delay === Number.POSITIVE_INFINITY) return () => {}
    const { fake } = this.#time
    const due = this.now() + Math.round(delay)
    // Nothing once the action has run: to cancel a timer that has fired would mean to look for it.
    let id: unknown
    const run = (): void => {
      const left = due - this.now()
      id = left > 0 ? fake.setTimeout(run, Math.min(left, MAX_TIMER_MS)) : undefined
      if (id === undefined) action()
    }
    id = fake.setTimeout(run, Math.max(0, Math.min(due - this.now(), MAX_TIMER_MS)))
    return () => {
      if (id !== undefined) fake.clearTimeout(id as number)
    }
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
    this.#quiescence.hold(work)
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
    this.#progressAt = this.now()
    this.#firedAtProgress = this.#fired
    this.#firedByTimer.clear()
  }

  describeWaiters(source: () => readonly Waiter[]): () => void {
    this.#waiterSources.add(source)
    return () => this.#waiterSources.delete(source)
  }

  intervals(): Milliseconds[] {
    return this.#time.intervals()
  }

  stop(): void {
    if (this.#stopped) return
    this.#stopped = true
    this.#quiescence.stop()
    this.#time.restore()
    this.#restoreChance?.()
    delete (globalThis as Worker)[ACTIVE]
  }

  #next(): FakeTimer | undefined {
    return (this.#time.fake as unknown as { timerHeap?: { peek(): FakeTimer | undefined } }).timerHeap?.peek()
  }

  async #drive(): Promise<void> {
    let immediateTurns = 0
    let heldTurns = 0
    let idleSince: number | undefined
    for (;;) {
      await realTurn()
      if (this.#stopped || this.#failure) return
      this.#tell()
      const activity = this.mode.kind === 'virtual' ? this.#quiescence.activity(native.now()) : undefined
      if (activity?.kind === 'immediates' && immediateTurns < IMMEDIATE_TURNS) {
        immediateTurns += 1
        continue
      }
      immediateTurns = 0
      if (activity?.kind === 'io') {
        // Spin for the short ones, then let the event loop sleep in the poll phase: I/O wakes it at once.
        heldTurns += 1
        idleSince = undefined
        if (heldTurns > 20) await realSleep(1)
        this.#tell(activity)
        continue
      }
      if (heldTurns > 0) {
        heldTurns = 0
        this.progress()
        continue
      }
      const next = this.#next()
      if (next && this.#isDue(next)) {
        idleSince = undefined
        this.#fire(next)
        continue
      }
      if (next) {
        await this.#pass(next)
        continue
      }
      if (this.mode.kind === 'scaled') this.#catchUp()
      else if (this.#supervised.size > 0) {
        idleSince ??= native.now()
        if (native.now() - idleSince >= this.#deadlockAfter) {
          return this.#fail(new DeadlockError(this.now(), this.#waiters(), this.#quiescence.realTimers()))
        }
      } else idleSince = undefined
      await realSleep(1)
    }
  }

  /** The simulated time at which a scaled clock stands by the wall clock. */
  #elapsed(): Milliseconds {
    return this.mode.kind === 'scaled' ? (native.now() - this.#realStart) * this.mode.factor : Number.POSITIVE_INFINITY
  }

  #isDue(timer: FakeTimer): boolean {
    return timer.callAt - this.epoch <= this.#elapsed()
  }

  /** Waits on the wall clock for a timer of a scaled clock; time moves on meanwhile. */
  async #pass(next: FakeTimer): Promise<void> {
    const factor = this.mode.kind === 'scaled' ? this.mode.factor : 1
    const leftMs = (next.callAt - this.epoch - this.#elapsed()) / factor
    await realSleep(Math.min(Math.max(leftMs, 0), 2))
    if (!this.#stopped) this.#catchUp()
  }

  #catchUp(): void {
    const next = this.#next()
    const until = Math.min(this.#elapsed(), next ? next.callAt - this.epoch - 1 : Number.POSITIVE_INFINITY)
    const step = Math.floor(until - this.now())
    if (step > 0) this.#time.fake.tick(step)
  }

  #fire(next: FakeTimer): void {
    this.#fired += 1
    const fired = this.#fired - this.#firedAtProgress
    if (fired > STORM_LEAST_TIMERS && this.#sleeping === 0) {
      const kind = next.interval ? 'interval' : 'timeout'
      const everyMs = next.interval ?? next.delay
      const key = `${kind} ${everyMs}`
      const tally = this.#firedByTimer.get(key)
      if (tally) tally.fired += 1
      else if (this.#firedByTimer.size < 1_000) this.#firedByTimer.set(key, { kind, everyMs, fired: 1 })
      if (fired > STORM_TIMERS || this.now() - this.#progressAt > this.#horizon) {
        const timers = [...this.#firedByTimer.values()].toSorted((a, b) => b.fired - a.fired).slice(0, 5)
        this.#fail(
          new TimerStormError({ now: this.now(), since: this.#progressAt, fired, timers, waiters: this.#waiters() }),
        )
        return
      }
    }
    try {
      this.#time.fake.next()
    } catch (error) {
      // As on the real clock, an error thrown by a timer's callback is nobody's to catch.
      native.setImmediate(() => {
        throw error
      })
    }
  }

  #waiters(): Waiter[] {
    return [...this.#waiterSources].flatMap((source) => source())
  }

  #fail(failure: Error): void {
    this.#failure = failure
    for (const reject of this.#supervised) reject(failure)
  }

  #tell(activity?: Activity): void {
    const real = native.now()
    if (real - this.#toldAt < TELL_EVERY_MS) return
    this.#toldAt = real
    const state =
      activity?.kind === 'io'
        ? `held by real I/O: ${activity.what}`
        : `${this.#fired.toLocaleString('en')} timers fired`
    const line = `longhaul: ${formatDuration(this.now())} simulated in ${formatDuration(real - this.#realStart)}; ${state}`
    const tell = this.#options.tell ?? ((text: string) => void process.stderr.write(`${text}\n`))
    tell(line)
  }
}
