import { formatDuration, type Milliseconds } from './duration.ts'
import type { Waiter } from './port.ts'

const NO_WAIT = '  no wait that longhaul can see: the code under test'

function waitersText(waiters: readonly Waiter[], now: Milliseconds): string {
  if (waiters.length === 0) return `${NO_WAIT} awaits a promise that no code will settle`
  return waiters
    .map(
      ({ who, what, since }) =>
        `  ${who} has waited for ${what} since ${formatDuration(since)} (for ${formatDuration(now - since)})`,
    )
    .join('\n')
}

const realTimerText = ({ ms, at }: { ms: Milliseconds; at: string | undefined }): string =>
  `${formatDuration(ms)}${at === undefined ? '' : ` at ${at}`}`

/** Thrown when the test waits, but no timer and no I/O can ever continue the run. */
export class DeadlockError extends Error {
  override readonly name = 'DeadlockError'
  readonly code = 'LONGHAUL_DEADLOCK'
  /** The waits that were open when the run was stuck. */
  readonly waiters: readonly Waiter[]
  constructor(
    now: Milliseconds,
    waiters: readonly Waiter[],
    {
      realTimers,
      endedIntervals,
      asleep,
    }: {
      realTimers: readonly { ms: Milliseconds; at: string | undefined }[]
      endedIntervals: readonly Milliseconds[]
      asleep: readonly string[]
    },
  ) {
    super(
      `Deadlock at ${formatDuration(now)} of virtual time: no timer is set and no I/O is in flight, so no event can occur, ` +
        `but the test still waits.\nWaiting:\n${waitersText(waiters, now)}\n` +
        (asleep.length > 0
          ? `${asleep.slice(0, 5).join(', ')} ${asleep.length === 1 ? 'waits' : 'wait'} for a timer of ${asleep.length === 1 ? 'its' : 'their'} own, which runs in real time. If the test waits for that timer, ` +
            `wait longer for it: clock: { settle: '30s' }. Or let the time of the run pass as fast as that of other processes: time: '20x', or LONGHAUL_TIME=real.\n`
          : '') +
        (realTimers.length > 0
          ? `${realTimers.length} timer(s) of the real clock are pending (${realTimers.slice(0, 5).map(realTimerText).join(', ')}): code that kept a reference to setTimeout before the run started ` +
            `(such as a module's own promisify(setTimeout)) escapes virtual time. Add plugins: [longhaul()], from longhaul/plugin, to the Vitest config, so that longhaul loads before any module. Or import setTimeout from 'node:timers/promises', or read globalThis.setTimeout at each call.\n`
          : '') +
        (endedIntervals.length > 0
          ? `${endedIntervals.length} interval(s) of earlier tests in this file (every ${endedIntervals.slice(0, 5).map(formatDuration).join(', ')}) ended together with their tests: ` +
            `if a module needs such an interval, call unref() on the interval, or set the interval before the first test.\n`
          : '') +
        `Give the wait a timeout. If the test waits for real I/O that the clock cannot see, wrap it: await clock.io(promise).`,
    )
    this.waiters = waiters
  }
}

/** Timers that have yet to fire, and how long from now. */
type Pending = ConstructorParameters<typeof TimerStormError>[0]['pending']

/** What the code under test may wait for while timers fire: it may well be a later timer. */
function stormWaitsText(waiters: readonly Waiter[], pending: Pending, now: Milliseconds): string {
  if (waiters.length === 0 && pending.length === 0)
    return `${NO_WAIT} polls with these timers, or awaits a promise that no code will settle`
  return [
    ...(waiters.length > 0 ? [waitersText(waiters, now)] : []),
    ...pending.map(
      ({ kind, ms, dueMs }) => `  a timer is due in ${formatDuration(dueMs)}: ${kind} of ${formatDuration(ms)}`,
    ),
  ].join('\n')
}

/** Kinds of timers that a storm names. */
const MAX_BUSIEST = 5

/** Thrown when timers fire without end and without progress. */
export class TimerStormError extends Error {
  override readonly name = 'TimerStormError'
  readonly code = 'LONGHAUL_TIMER_STORM'
  /** The waits that were open during the storm. */
  readonly waiters: readonly Waiter[]
  constructor(options: {
    now: Milliseconds
    since: Milliseconds
    fired: number
    /** How often those of each kind and delay have fired, as far as they were counted; the busiest first. */
    timers: readonly { kind: string; everyMs: Milliseconds; fired: number }[]
    /** Timers that have not fired since, the next one first. */
    pending: readonly { kind: string; ms: Milliseconds; dueMs: Milliseconds }[]
    waiters: readonly Waiter[]
  }) {
    const longest = Math.max(0, ...options.pending.map(({ ms }) => ms))
    const counted = options.timers.reduce((sum, { fired }) => sum + fired, 0)
    const busiest = options.timers
      .slice(0, MAX_BUSIEST)
      .map(({ kind, everyMs, fired }) => `  ${kind} of ${formatDuration(everyMs)}, fired ${fired} times`)
      .join('\n')
    super(
      `Timer storm: ${options.fired} timers fired and ${formatDuration(options.now - options.since)} of virtual time passed ` +
        `without any other event (the last one at ${formatDuration(options.since)}).\nThe busiest of the last ${counted} timers:\n${busiest}\n` +
        `Waiting:\n${stormWaitsText(options.waiters, options.pending, options.now)}\n` +
        `Clear the interval, limit the poll, or give the wait a timeout. If the long wait is intentional, raise the option clock.horizon${
          longest > 0 ? ` above ${formatDuration(longest)}` : ''
        }.`,
    )
    this.waiters = options.waiters
  }
}

/** Thrown when a second simulated clock starts in a worker, or other fake timers are installed. */
export class ClockInUseError extends Error {
  override readonly name = 'ClockInUseError'
  readonly code = 'LONGHAUL_CLOCK_IN_USE'
  constructor(what: string) {
    super(
      `${what} A process has one time, so only one simulated clock can run at a time. Let the first test end (no test.concurrent), ` +
        `call vi.useRealTimers() first, or run this test with LONGHAUL_TIME=real.`,
    )
  }
}
