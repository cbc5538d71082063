import { performance } from 'node:perf_hooks'
import { activeHandles, stand } from '../doors/index.ts'
import { formatDuration, type Milliseconds } from './duration.ts'
import { Children } from './quiet/children.ts'
import { Datagrams } from './quiet/datagrams.ts'
import type { Holding, SettleWindows } from './quiet/evidence.ts'
import { Holds, type Hold, type Waits } from './quiet/holds.ts'
import { watchJobs } from './quiet/jobs.ts'
import { OwnThreads } from './quiet/own-threads.ts'
import { peersOf } from './quiet/peers.ts'
import type { RealTimer } from './quiet/real-timers.ts'
import { Requests } from './quiet/requests.ts'
import { Sockets } from './quiet/sockets.ts'
import { Workers } from './quiet/workers.ts'

/** What the process is still doing that virtual time must wait for. */
export type Activity =
  | { kind: 'quiet' }
  /** The code under test has immediates pending: time may pass slowly, and must not jump. */
  | { kind: 'immediates' }
  /** Something has come in since the last look: a message, a signal, a piece of I/O. What it has led to shows after a turn. */
  | { kind: 'arrivals' }
  | { kind: 'io'; what: string }

export interface Quiescence {
  /** What keeps the process from being quiescent now. */
  activity(): Activity
  /** What real activity holds virtual time, in words and for how long; `undefined` if none did at the last look. */
  holding(): string | undefined
  /** What may still happen in other processes and threads, at times of their own that the clock does not wait for. */
  asleep(): string[]
  /** Timers of the real clock that were set since the watch began: code that escaped virtual time. */
  realTimers(): readonly RealTimer[]
  /** Counts `work` as I/O until it settles; `at` is the time on the clock. */
  hold(work: PromiseLike<unknown>, at: Milliseconds): void
  stop(): void
}

/** What is told to the watch. */
export interface QuiescenceDependencies {
  /** The time by which windows of patience are measured, in milliseconds. */
  now(): Milliseconds
  /** Say that something else is in flight, such as a module being imported through the test runner. */
  probes: readonly (() => boolean)[]
  /** Whether somebody waits on the clock on behalf of work that was given to `io` at `since`, on the clock. Asked in the context of that work. */
  waitsOf(since: Milliseconds): Waits
}

const QUIET: Activity = { kind: 'quiet' }
const IMMEDIATES: Activity = { kind: 'immediates' }
const ARRIVALS: Activity = { kind: 'arrivals' }

const NOTHING: readonly object[] = []
const atWorkYet = (): Waits => ({ sure: false, perhaps: false })

const { nodeTiming } = performance
/** Events that the event loop of this thread has handled: each message, signal and piece of I/O is one. */
const loopEvents = (): number => nodeTiming.uvMetricsInfo.events

/** Watches everything in the process that can still make something happen without a timer. */
export function watchProcess(
  windows: SettleWindows,
  { now: attentive, probes, waitsOf }: QuiescenceDependencies,
): Quiescence {
  const startedAt = attentive()
  const jobs = watchJobs(windows.settleMs, attentive)
  const requests = new Requests(windows.settleMs, startedAt)
  const children = new Children(windows, startedAt)
  const peers = peersOf(children, () => (threads instanceof OwnThreads ? threads : undefined))
  const sockets = new Sockets(windows, peers, activeHandles())
  children.see(sockets)
  const datagrams = new Datagrams(windows)
  const holds = new Holds(windows)
  const threads: OwnThreads | Workers = OwnThreads.known
    ? new OwnThreads(windows, startedAt, sockets)
    : new Workers(windows, startedAt)
  const leave = stand('work', {
    hold: (work, what) => holds.know(work, what, attentive()),
    datagram: (socket, to) => datagrams.sent(socket, to, attentive()),
  })
  let events = loopEvents()
  let arrivedAt = startedAt
  let mayHaveSent = true
  let last: Holding | undefined

  const atWork = (now: Milliseconds): Holding | undefined => {
    const known = holds.lookAtKnown() ?? jobs.look(now) ?? requests.look(now)
    if (known) return known
    const exchange = sockets.look(requests.sockets ? activeHandles() : NOTHING, now)
    return exchange ?? children.look(now) ?? threads.look(now) ?? datagrams.look(now)
  }
  /** What work that was given to `io` waits for on the clock, if it can be at work no more. */
  const waitsOfHold = ({ since, at, within }: Hold): Waits => {
    const { sure, perhaps } = within(() => waitsOf(at))
    return { sure, perhaps: perhaps || sockets.waitingSince(since) }
  }

  return {
    activity() {
      const now = attentive()
      const seen = loopEvents()
      const arrived = seen !== events
      events = seen
      if (arrived) arrivedAt = now
      last = atWork(now)
      if (!last && probes.some((probe) => probe())) last = { what: 'the import of a module', since: now }
      if (!last && holds.any) {
        last = holds.lookAtGiven(now, arrivedAt, arrived || requests.immediates ? atWorkYet : waitsOfHold)
      }
      if (last) return { kind: 'io', what: last.what }
      // What immediates have sent, or code that ran before the first look, comes in with the next turn of the loop.
      const unseen = mayHaveSent
      mayHaveSent = requests.immediates
      if (requests.immediates) return IMMEDIATES
      return arrived || unseen ? ARRIVALS : QUIET
    },
    holding: () => last && `${last.what}, for ${formatDuration(attentive() - last.since)}`,
    asleep: () => [
      ...children.asleep(),
      ...(threads instanceof OwnThreads && threads.asleep() ? ['a worker thread'] : []),
    ],
    realTimers: () => jobs.realTimers(),
    hold: (work, at) => holds.give(work, { now: attentive(), at }),
    stop() {
      leave()
      jobs.stop()
      threads.close()
    },
  }
}
