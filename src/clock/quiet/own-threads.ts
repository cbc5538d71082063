import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs'
import { isMainThread, type Worker } from 'node:worker_threads'
import { registry } from '../../doors/index.ts'
import type { Milliseconds } from '../duration.ts'
import type { Holding, SettleWindows } from './evidence.ts'
import { connectionsOf } from './connections-of.ts'
import { Patience } from './patience.ts'
import { isOtherEnd, type Here } from './sockets.ts'
import { doingIn, HELPERS, isFutex, lookAt, threadsAreKnown, type Asleep } from './threads-of.ts'

const TASKS = '/proc/self/task'
/** The name of a thread of libuv's pool. */
const POOL = 'libuv-worker'
/** The name of a worker's thread. */
const WORKER = 'WorkerThread'
/** A thread gives itself a name as one of the first things that it does. */
const LOOKS_AT_NAME = 50
const buffer = Buffer.alloc(256)

/** The processes that a thread has started, as they were seen asleep last. */
type Started = Map<number, Asleep | undefined>

const nameOf = (id: string): string => readFileSync(`${TASKS}/${id}/comm`, 'latin1').trim()

/** A thread of this process: its files stay open, as it is looked at often. */
class Thread {
  readonly id: string
  name: string
  readonly #files: readonly [number, number]
  #unnamed = LOOKS_AT_NAME
  constructor(id: string) {
    this.id = id
    const folder = `${TASKS}/${id}`
    this.name = nameOf(id)
    this.#files = [openSync(`${folder}/syscall`, 'r'), openSync(`${folder}/schedstat`, 'r')]
  }

  /** Its system call and its counters; changes whenever it has run. */
  read(): { call: string; counters: string } {
    // A thread has the name of the one that began it until it gives itself one.
    if (this.#unnamed > 0) {
      this.#unnamed -= 1
      this.name = nameOf(this.id)
    }
    const [call, counters] = this.#files.map((file) =>
      buffer.toString('latin1', 0, readSync(file, buffer, 0, buffer.length, 0)),
    )
    return { call: call!, counters: counters! }
  }

  /** Whether it may not have given itself its name yet. */
  get isYoung(): boolean {
    return this.#unnamed > 0
  }

  /** The processes that it has started and that have not ended. */
  children(): number[] {
    try {
      return readFileSync(`${TASKS}/${this.id}/children`, 'latin1').split(' ').filter(Boolean).map(Number)
    } catch {
      // The thread has ended since it was looked at.
      return []
    }
  }

  close(): void {
    for (const file of this.#files) closeSync(file)
  }
}

/**
 * Whether a module of Node is loaded that works in the thread pool and says so nowhere: `backup` of `node:sqlite`,
 * which no door can be hung before, as `syncBuiltinESMExports` leaves the module out.
 */
const hasSilentModule = (() => {
  const { moduleLoadList } = process as unknown as { moduleLoadList: readonly string[] }
  let seen = 0
  let found = false
  return () => {
    if (!found && moduleLoadList.length !== seen) {
      seen = moduleLoadList.length
      found = moduleLoadList.includes('NativeModule sqlite')
    }
    return found
  }
})()

/** Whether a thread is on a processor, or waits for one. */
function runs(thread: Thread): boolean {
  try {
    return doingIn(process.pid, `${TASKS}/${thread.id}`, thread.read().call).kind === 'runs'
  } catch {
    return false
  }
}

/** Whether a thread may be a worker's: a young one has not given itself its name. */
const isWorkers = ({ name }: Thread): boolean => name !== POOL && !HELPERS.has(name)

/** Whether a worker's event loop has never waited for anything: it is being started, or its script runs on. */
const isStarting = (worker: Worker): boolean =>
  worker.threadId >= 0 && worker.performance.eventLoopUtilization().idle === 0

/**
 * Tells whether another thread of this process is at work: a worker, the thread pool, or a thread of a native add-on.
 * Looks only where there may be one, at some five microseconds a thread. Needs `/proc` of Linux, and a process that no
 * other worker of the test runner shares.
 */
export class OwnThreads {
  /** Whether this process tells what its threads do. */
  static readonly known = threadsAreKnown && isMainThread
  readonly #settleMs: Milliseconds
  readonly #here: Here
  readonly #workers: Patience
  /** Threads that were at work when the run began, and were asked nothing since: what they do is not for it. */
  readonly #ownAffairs = new Set<string>()
  readonly #threads = new Map<string, Thread>()
  #marks = new Map<string, string>()
  #started: Started = new Map()
  #since: Milliseconds | undefined
  /** Threads of the pool that wait in a job, such as a read of a pipe, and since when they have not run. */
  readonly #blocked = new Map<string, { mark: string; since: Milliseconds }>()
  readonly #postedBefore = registry.postedAway
  #posted = registry.posted
  #answered = registry.answered
  #known = 0
  #seenAt: Milliseconds

  /** @param here where to learn of the connections of this process */
  constructor(windows: SettleWindows, now: Milliseconds, here: Here) {
    this.#settleMs = windows.settleMs
    this.#here = here
    this.#workers = new Patience(windows, now)
    this.#seenAt = now
    if (registry.workers.size > 0 || registry.addOns > 0) {
      this.#refresh()
      // A worker that is being started may be seen asleep for a moment, and then work on for good.
      const starting = [...registry.workers].some(isStarting)
      for (const thread of this.#threads.values())
        if (runs(thread) || (starting && isWorkers(thread))) this.#ownAffairs.add(thread.id)
    }
  }

  look(now: Milliseconds): Holding | undefined {
    for (const worker of registry.workers) if (worker.threadId < 0) registry.workers.delete(worker)
    if (registry.answered !== this.#answered) this.#workers.hear(now)
    if (registry.posted !== this.#posted || registry.workers.size > this.#known) this.#workers.requested(now)
    this.#posted = registry.posted
    this.#answered = registry.answered
    this.#known = registry.workers.size
    if (registry.workers.size === 0 && registry.addOns === 0 && !hasSilentModule()) return undefined
    const doing = this.#doing(now)
    if (doing === undefined) {
      this.#workers.rest()
      this.#since = undefined
      return undefined
    }
    this.#since ??= now
    return { what: doing, since: this.#since }
  }

  close(): void {
    for (const thread of this.#threads.values()) thread.close()
    this.#threads.clear()
  }

  #doing(now: Milliseconds): string | undefined {
    this.#refresh()
    const marks = new Map<string, string>()
    let doing: string | undefined
    let helps = false
    let needsHelp = false
    let runs = false
    let timerMs = Number.POSITIVE_INFINITY
    let timers = 0
    let sleeps = false
    for (const thread of this.#threads.values()) {
      const isHelper = HELPERS.has(thread.name)
      const what = `a thread of this process (${thread.name})`
      try {
        const { call, counters } = thread.read()
        const { kind, ms } = { ms: 0, ...doingIn(process.pid, `${TASKS}/${thread.id}`, call) }
        if (kind !== 'runs' && this.#mayBeAsked(thread)) this.#ownAffairs.delete(thread.id)
        else if (this.#ownAffairs.has(thread.id)) continue
        const mark = `${counters} ${call}`
        marks.set(thread.id, mark)
        if (isHelper) helps ||= kind === 'runs'
        else if (kind === 'runs' || this.#marks.get(thread.id) !== mark) {
          runs ||= kind === 'runs'
          doing ??= `${what} is busy`
        }
        // A thread of the pool waits on a futex for work; in anything else it is at it.
        else if (thread.name === POOL) {
          if (!isFutex(call) && this.#isBlocked(thread.id, mark, now)) doing ??= `${what} waits in a job`
        } else if (isFutex(call)) needsHelp = true
        if (isHelper || (kind !== 'timer' && kind !== 'sleeps')) continue
        timerMs = Math.min(timerMs, ms)
        timers += 1
        sleeps ||= kind === 'sleeps'
      } catch {
        doing ??= `${what} has ended`
        thread.close()
        this.#threads.delete(thread.id)
      }
    }
    this.#marks = marks
    const started = this.#lookAtStarted()
    if (runs) this.#workers.works(now - this.#seenAt, now)
    this.#seenAt = now
    if (started === 'busy') doing ??= 'a process that a worker started is busy'
    else timerMs = Math.min(timerMs, started)
    // A worker may wait for the threads that collect its garbage.
    if (helps && needsHelp) doing ??= 'a thread of V8 is busy'
    if (doing !== undefined || timerMs === Number.POSITIVE_INFINITY || registry.workers.size === 0) return doing
    if (started === Number.POSITIVE_INFINITY && !sleeps && this.#haveRequestsHere(timers)) return undefined
    const waits = this.#workers.waits({ timerMs, sleepMs: Number.POSITIVE_INFINITY, owes: false, gave: false }, now)
    return waits ? 'a worker thread, which has set a timer of its own' : undefined
  }

  /**
   * Whether at least so many requests of other threads wait for an answer of a server in this thread. An HTTP client has
   * a timer for each request: which thread's it is nobody can tell, but each of them has a request under way.
   */
  #haveRequestsHere(threads: number): boolean {
    const waiting = this.#here.waiting()
    if (waiting.length < threads) return false
    const ofThisThread = this.#here.all()
    const ofAll = connectionsOf([process.pid])
    const fromThreads = waiting.filter(
      (our) => !ofThisThread.some((its) => isOtherEnd(our, its)) && ofAll.some((its) => isOtherEnd(our, its)),
    )
    return fromThreads.length >= threads
  }

  /** Whether a thread from before the run may have been asked something: a worker has if anything was posted. */
  #mayBeAsked({ name, isYoung }: Thread): boolean {
    return (name !== WORKER && !isYoung) || registry.postedAway !== this.#postedBefore
  }

  /** What the processes do that workers of this one have started: the first timer that they wait for. */
  #lookAtStarted(): 'busy' | Milliseconds {
    const before = this.#started
    this.#started = new Map()
    let timerMs = Number.POSITIVE_INFINITY
    if (registry.workers.size === 0) return timerMs
    let busy = false
    for (const thread of this.#threads.values()) {
      if (thread.name === POOL || HELPERS.has(thread.name)) continue
      for (const pid of thread.children()) {
        const look = lookAt(pid, before.get(pid))
        if (look.kind !== 'asleep' || look !== before.get(pid)) busy = true
        else timerMs = Math.min(timerMs, look.timerMs)
        this.#started.set(pid, look.kind === 'asleep' ? look : undefined)
      }
    }
    return busy ? 'busy' : timerMs
  }

  /** Whether a job in which a thread waits is not older than one that may never end. */
  #isBlocked(id: string, mark: string, now: Milliseconds): boolean {
    let blocked = this.#blocked.get(id)
    if (blocked?.mark !== mark) this.#blocked.set(id, (blocked = { mark, since: now }))
    return now - blocked.since < this.#settleMs
  }

  #refresh(): void {
    for (const id of readdirSync(TASKS)) {
      if (this.#threads.has(id) || id === String(process.pid)) continue
      try {
        this.#threads.set(id, new Thread(id))
      } catch {
        // It has ended meanwhile.
      }
    }
  }
}
