import { AsyncResource } from 'node:async_hooks'
import type { Milliseconds } from '../duration.ts'
import type { Holding } from './evidence.ts'
import { realTimerOf, type RealTimer } from './real-timers.ts'

/**
 * What an async resource says about work in flight.
 *
 * - `timer`: a timer of the real clock.
 * - `job`: a job in libuv's thread pool. It begins when its `run` is called; a synchronous one gives its result at once.
 *   Those of workers have no `run`, but an `ondone` from when they were asked for.
 * - `stream`: a compression stream: one resource for many jobs, each begun by a call of its `write`.
 * - `reader`: a reader of a Blob: one resource for many reads, each begun by a call of its `pull`.
 * - `none`: nothing, or something that other evidence shows: requests are listed by `process.getActiveResourcesInfo()`,
 *   sockets count their bytes, ports and watchers wake the event loop.
 */
type Kind = 'timer' | 'job' | 'stream' | 'reader' | 'none'

/**
 * Every type that Node 22 and 24 give (`Providers` of `async_wrap`, and what its JavaScript adds). What is not in the
 * table and no `AsyncResource` was made by a native add-on.
 */
const KINDS: Readonly<Record<Kind, string>> = {
  timer: 'Timeout',
  job:
    'ARGON2REQUEST CHECKPRIMEREQUEST CIPHERREQUEST DERIVEBITSREQUEST HASHREQUEST KEYEXPORTREQUEST ' +
    'KEYGENREQUEST KEYPAIRGENREQUEST PBKDF2REQUEST RANDOMBYTESREQUEST RANDOMPRIMEREQUEST SCRYPTREQUEST SIGNREQUEST ' +
    'VERIFYREQUEST WORKERCPUPROFILE WORKERCPUUSAGE WORKERHEAPPROFILE WORKERHEAPSNAPSHOT WORKERHEAPSTATISTICS',
  stream: 'BROTLI ZLIB ZSTD ZSTDCOMPRESS ZSTDDECOMPRESS',
  reader: 'BLOBREADER',
  none:
    // Requests that Node lists.
    'FILEHANDLECLOSEREQ FSREQCALLBACK FSREQPROMISE GETADDRINFOREQWRAP GETNAMEINFOREQWRAP PIPECONNECTWRAP QUERYWRAP ' +
    'SHUTDOWNWRAP TCPCONNECTWRAP UDPSENDWRAP WRITEWRAP ' +
    // Handles: sockets, children, ports, watchers, signals.
    'FSEVENTWRAP JSSTREAM JSUDPWRAP LOCKS MESSAGEPORT PIPESERVERWRAP PIPEWRAP PROCESSWRAP SIGINTWATCHDOG SIGNALWRAP ' +
    'STATWATCHER STREAMPIPE TCPSERVERWRAP TCPWRAP TLSWRAP TTYWRAP UDPWRAP WORKER ' +
    // What lies on a socket.
    'HTTP2PING HTTP2SESSION HTTP2SETTINGS HTTP2STREAM HTTPCLIENTREQUEST HTTPINCOMINGMESSAGE QUIC_ENDPOINT ' +
    'QUIC_LOGSTREAM QUIC_SESSION QUIC_STREAM QUIC_UDP ' +
    // No work at all.
    'DIRHANDLE DNSCHANNEL ELDHISTOGRAM FILEHANDLE HEAPSNAPSHOT Immediate INSPECTORJSBINDING Microtask NONE PROMISE ' +
    'TickObject',
}
const kindOf = new Map<string, Kind>(
  Object.entries(KINDS).flatMap(([kind, types]) => types.split(' ').map((type) => [type, kind as Kind] as const)),
)

/** A native job. */
interface Job {
  run?: (...args: unknown[]) => unknown
  ondone?: unknown
}

/** Keeps what async hooks tell of work, by the numbers of async resources. */
export interface JobBook {
  /** An async resource was made: the first callback of `createHook`. */
  init(id: number, type: string, trigger: number, resource: object): void
  /** A callback of one is about to be called: what it did has ended. */
  before(id: number): void
  /** One is needed no more. */
  destroy(id: number): void
  /** What is in flight at a moment of the time by which it is kept. */
  look(at: Milliseconds): Holding | undefined
  /** The real timers that the code under test has set, and that are still pending. */
  realTimers(): readonly RealTimer[]
}

/**
 * Begins an empty book.
 *
 * @param settleMs real time after which something of a native add-on is taken for one that lives long, such as a
 * thread-safe function that waits for events
 * @param now the time by which that is measured
 */
export function jobBook(settleMs: Milliseconds, now: () => Milliseconds): JobBook {
  const timers = new Map<number, RealTimer>()
  const jobs = new Map<number, Milliseconds>()
  const addOns = new Map<number, { type: string; since: Milliseconds }>()
  const underWay = new Map<number, { count: number; since: Milliseconds }>()
  let steps = 0

  function watchJob(id: number, job: Job): void {
    const { run } = job
    if (typeof run === 'function') {
      job.run = function (...args) {
        const result = run.apply(this, args)
        // A synchronous job has given its error and its value.
        if (!Array.isArray(result)) jobs.set(id, now())
        return result
      }
    } else queueMicrotask(() => typeof job.ondone === 'function' && jobs.set(id, now()))
  }

  /** Counts the calls of a method that begins a step; the step has ended when `end` is called. */
  function countSteps(id: number, handle: object, method: 'write' | 'pull'): void {
    const { [method]: begin } = handle as Record<string, (...args: unknown[]) => unknown>
    if (typeof begin !== 'function') return
    const state = { count: 0, since: 0 }
    underWay.set(id, state)
    const value = function (this: unknown, ...args: unknown[]): unknown {
      if (underWay.get(id) === state) {
        if (state.count === 0) state.since = now()
        state.count += 1
        steps += 1
      }
      return begin.apply(this, args)
    }
    Object.defineProperty(handle, method, { configurable: true, writable: true, value })
  }

  function endSteps(id: number, most: number): void {
    const state = underWay.get(id)
    if (!state) return
    const ended = Math.min(state.count, most)
    state.count -= ended
    steps -= ended
  }

  const book: JobBook = {
    init(id, type, _trigger, resource) {
      const kind = kindOf.get(type)
      // Those of the code under test may have any name.
      if (kind === 'none' || resource instanceof AsyncResource) return
      switch (kind) {
        case 'timer': {
          const timer = realTimerOf((resource as { _idleTimeout?: number })._idleTimeout ?? 0, book.init)
          return timer && void timers.set(id, timer)
        }
        case 'job':
          return watchJob(id, resource as Job)
        case 'stream':
          return countSteps(id, resource, 'write')
        case 'reader':
          return countSteps(id, resource, 'pull')
        default:
          if ('getAsyncId' in resource) watchJob(id, resource as Job)
          else addOns.set(id, { type, since: now() })
      }
    },
    before(id) {
      if (!jobs.delete(id) && !addOns.delete(id)) endSteps(id, 1)
    },
    destroy(id) {
      if (timers.delete(id) || jobs.delete(id) || addOns.delete(id)) return
      endSteps(id, Number.POSITIVE_INFINITY)
      underWay.delete(id)
    },
    look(at) {
      for (const since of jobs.values()) return { what: `${jobs.size} job(s) in the thread pool`, since }
      if (steps > 0) {
        const since = Math.min(...[...underWay.values()].filter(({ count }) => count > 0).map((state) => state.since))
        return { what: `${steps} step(s) of a compression stream or a Blob`, since }
      }
      for (const [id, { type, since }] of addOns) {
        if (at - since < settleMs) return { what: `${addOns.size} job(s) of native add-ons such as ${type}`, since }
        addOns.delete(id)
      }
      return undefined
    },
    realTimers: () => [...timers.values()],
  }
  return book
}
