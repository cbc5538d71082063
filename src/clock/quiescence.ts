import type { Milliseconds } from './duration.ts'
import { ExchangeWatch, type SettleWindows } from './exchanges.ts'
import { native } from '../doors/index.ts'
import { watchResources } from './resources.ts'

/** What the process is still doing that virtual time must wait for. */
export type Activity = { kind: 'quiet' } | { kind: 'immediates' } | { kind: 'io'; what: string }

export interface Quiescence {
  /** What keeps the process from being quiescent now. `now` is real time in milliseconds. */
  activity(now: Milliseconds): Activity
  /** Lengths of the timers of the real clock set since the watch began: code that escaped virtual time. */
  realTimers(): readonly Milliseconds[]
  /** Counts `work` as I/O until it settles. */
  hold(work: PromiseLike<unknown>): void
  stop(): void
}

type ResourceClass = 'immediate' | 'request' | 'stream request' | 'stream handle' | 'other'

const CLASSES: readonly (readonly [RegExp, ResourceClass])[] = [
  [/^Immediate$/, 'immediate'],
  // Requests that count as long as they exist: files, DNS.
  [/^(FSReq|CloseReq|GetAddrInfo|GetNameInfo|Query)/, 'request'],
  // Requests on a socket count too, but a peer that stops reading must not stop the clock for ever.
  [/(ConnectWrap|WriteWrap|ShutdownWrap|SendWrap)$/, 'stream request'],
  // Handles whose exchanges are watched.
  [/^(TCPSocketWrap|PipeWrap|ProcessWrap|TLSWrap)$/, 'stream handle'],
]
const classOf = new Map<string, ResourceClass>()

function classify(name: string): ResourceClass {
  let known = classOf.get(name)
  if (!known) {
    known = CLASSES.find(([pattern]) => pattern.test(name))?.[1] ?? 'other'
    classOf.set(name, known)
  }
  return known
}

const QUIET: Activity = { kind: 'quiet' }
const IMMEDIATES: Activity = { kind: 'immediates' }

const activeHandles = (): object[] => (process as unknown as { _getActiveHandles(): object[] })._getActiveHandles()

/**
 * Watches everything in the process that can still make something happen without a timer.
 *
 * @param probes say that something else is in flight, such as a module being imported through the test runner
 */
export function watchProcess(windows: SettleWindows, probes: readonly (() => boolean)[]): Quiescence {
  const resources = watchResources()
  const exchanges = new ExchangeWatch(windows, activeHandles())
  const startedAt = native.now()
  // Requests are work that ends; but one that was under way at the start and stays (a read of a pipe that nobody
  // writes to) must not hold the clock for ever. The fewest that were ever seen are such ones.
  let fewest = Number.POSITIVE_INFINITY
  let held = 0
  let streamRequests = { seen: 0, since: 0 }

  return {
    activity(now) {
      if (held > 0) return { kind: 'io', what: `${held} promise(s) given to clock.io()` }
      const jobs = resources.pendingJobs()
      if (jobs > 0) return { kind: 'io', what: `${jobs} job(s) in the thread pool` }
      let requests = 0
      let onStreams = 0
      let immediates = false
      let handles = false
      let first = ''
      for (const name of process.getActiveResourcesInfo()) {
        switch (classify(name)) {
          case 'immediate':
            immediates = true
            break
          case 'request':
            requests += 1
            first ||= name
            break
          case 'stream request':
            onStreams += 1
            break
          case 'stream handle':
            handles = true
        }
      }
      fewest = Math.min(fewest, requests)
      const stuck = now - startedAt < windows.settleMs ? 0 : fewest
      if (requests > stuck) return { kind: 'io', what: `${requests - stuck} request(s) such as ${first}` }
      if (onStreams !== streamRequests.seen) streamRequests = { seen: onStreams, since: now }
      if (onStreams > 0 && now - streamRequests.since < windows.settleMs) {
        return { kind: 'io', what: `${onStreams} write(s) or connection(s) under way` }
      }
      if (handles) {
        const open = exchanges.open(activeHandles(), now)
        if (open > 0) return { kind: 'io', what: `${open} exchange(s) open on a socket or a child process` }
      }
      if (probes.some((probe) => probe())) return { kind: 'io', what: 'a module that is being imported' }
      return immediates ? IMMEDIATES : QUIET
    },
    realTimers: () => resources.realTimers(),
    hold(work) {
      held += 1
      const release = (): void => void (held -= 1)
      work.then(release, release)
    },
    stop: () => resources.stop(),
  }
}
