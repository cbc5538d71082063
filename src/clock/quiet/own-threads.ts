import { readdirSync } from 'node:fs'
import { isMainThread, type Worker } from 'node:worker_threads'
import { registry } from '../../doors/index.ts'
import type { Milliseconds } from '../duration.ts'
import type { Holding, SettleWindows } from './evidence.ts'
import { connectionsOf } from './connections-of.ts'
import { OwnThread, type ThreadSeen } from './own-thread.ts'
import { Patience } from './patience.ts'
import { silentModules } from './silent-modules.ts'
import { isOtherEnd, type Connection, type Here } from './sockets.ts'
import { lookAt, PROC, threadsAreKnown, type Asleep } from './threads-of.ts'

const NEVER = Number.POSITIVE_INFINITY

/** The processes that workers have started, as they were seen asleep last. */
type Started = Map<number, Asleep | undefined>

/** Whether a thread may be a worker's, or has not given itself its name yet. */
const mayBeWorkers = ({ role }: Pick<OwnThread, 'role'>): boolean => role === 'worker' || role === 'other'

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
  readonly #quietMs: Milliseconds
  readonly #here: Here
  readonly #proc: string
  readonly #hasSilentModule: () => boolean
  readonly #workers: Patience
  /** Threads that were at work when the run began, and were asked nothing since: what they do is not for it. */
  readonly #ownAffairs = new Set<string>()
  readonly #threads = new Map<string, OwnThread>()
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
  /** When something went to or came from a thread on a connection: what is on its way shows in no state of a thread. */
  #spokenAt = Number.NEGATIVE_INFINITY

  /**
   * @param here where to learn of the connections of this process
   * @param sources the folder that tells of all processes, and what tells of modules whose work nothing else shows
   */
  constructor(
    windows: SettleWindows,
    now: Milliseconds,
    here: Here,
    { proc = PROC, hasSilentModule = silentModules() }: { proc?: string; hasSilentModule?: () => boolean } = {},
  ) {
    this.#settleMs = windows.settleMs
    this.#quietMs = windows.quietMs
    this.#here = here
    this.#proc = proc
    this.#hasSilentModule = hasSilentModule
    this.#workers = new Patience(windows, now)
    this.#seenAt = now
    if (registry.workers.size > 0 || registry.addOns > 0) {
      this.#refresh()
      // A worker that is being started may be seen asleep for a moment, and then work on for good.
      const starting = [...registry.workers].some(isStarting)
      for (const thread of this.#threads.values())
        if (this.#look(thread)?.doing.kind === 'runs' || (starting && mayBeWorkers(thread)))
          this.#ownAffairs.add(thread.id)
    }
  }

  look(now: Milliseconds): Holding | undefined {
    for (const worker of registry.workers) if (worker.threadId < 0) registry.workers.delete(worker)
    if (registry.answered !== this.#answered) this.#workers.hear(now)
    if (registry.posted !== this.#posted || registry.workers.size > this.#known) this.#workers.requested(now)
    this.#posted = registry.posted
    this.#answered = registry.answered
    this.#known = registry.workers.size
    if (registry.workers.size === 0 && registry.addOns === 0 && !this.#hasSilentModule()) return undefined
    const doing = this.#doing(now)
    if (doing === undefined) {
      this.#workers.rest()
      this.#since = undefined
      return undefined
    }
    this.#since ??= now
    return { what: doing, since: this.#since }
  }

  /** Whether the other end of a connection of this thread is in another one. */
  has(connection: Connection): boolean {
    if (registry.workers.size === 0 && registry.addOns === 0) return false
    return connectionsOf([process.pid], this.#proc).some((its) => isOtherEnd(connection, its))
  }

  /** Something was written to a thread on a connection, or read from it. */
  heardOf(what: 'written' | 'read', now: Milliseconds): void {
    if (what === 'written') this.#workers.requested(now)
    else this.#workers.hear(now)
    this.#spokenAt = now
  }

  /** Whether a worker may yet change something here, at a time of its own. */
  asleep(): boolean {
    if (registry.workers.size === 0) return false
    this.#refresh()
    return [...this.#threads.values()].some((thread) => {
      const seen = mayBeWorkers(thread) ? this.#look(thread) : undefined
      // One that runs has gone on just now.
      return seen !== undefined && seen.doing.kind !== 'waits'
    })
  }

  close(): void {
    for (const thread of this.#threads.values()) thread.close()
    this.#threads.clear()
  }

  #doing(now: Milliseconds): string | undefined {
    const { doing, threads } = this.#lookAtThreads(now)
    const started = this.#lookAtStarted()
    const runs = ({ doing: { kind } }: ThreadSeen): boolean => kind === 'runs'
    const others = threads.filter(({ role }) => role !== 'helper')
    if (others.some(runs)) this.#workers.works(now - this.#seenAt, now)
    this.#seenAt = now
    if (doing !== undefined) return doing
    if (now - this.#spokenAt < this.#quietMs) return 'a thread of this process was told something on a connection'
    if (started === 'busy') return 'a process that a worker started is busy'
    // A worker may wait for the threads that collect its garbage; none but such threads run now.
    if (threads.some(runs) && others.some((thread) => mayBeWorkers(thread) && thread.isFutex))
      return 'a thread of V8 is busy'
    const timers = others.flatMap((thread) => ('ms' in thread.doing ? thread.doing : []))
    const timerMs = Math.min(started, ...timers.map(({ ms }) => ms))
    if (timerMs === NEVER || registry.workers.size === 0) return undefined
    const mayBeOfRequests = started === NEVER && timers.every(({ kind }) => kind === 'timer')
    if (mayBeOfRequests && this.#haveRequestsHere(timers.length)) return undefined
    const waits = this.#workers.waits({ timerMs, sleepMs: NEVER, owes: false, gave: false }, now)
    return waits ? 'a worker thread, which has set a timer of its own' : undefined
  }

  /** Those whose work is for the run, and what the first of them is at that is at work. */
  #lookAtThreads(now: Milliseconds): { doing: string | undefined; threads: (ThreadSeen & Pick<OwnThread, 'role'>)[] } {
    this.#refresh()
    const before = this.#marks
    this.#marks = new Map()
    const threads: (ThreadSeen & Pick<OwnThread, 'role'>)[] = []
    let doing: string | undefined
    for (const thread of this.#threads.values()) {
      const seen = this.#look(thread)
      const { id, name, role } = thread
      if (seen && seen.doing.kind !== 'runs' && this.#mayBeAsked(thread)) this.#ownAffairs.delete(id)
      if (seen && this.#ownAffairs.has(id)) continue
      const at = seen ? this.#workOf(thread, seen, before.get(id), now) : 'has ended'
      if (at) doing ??= `a thread of this process (${name}) ${at}`
      if (!seen) continue
      this.#marks.set(id, seen.mark)
      threads.push({ ...seen, role })
    }
    return { doing, threads }
  }

  /** What a thread is at that is at work; `before` is its mark at the last look. */
  #workOf(
    { id, role }: OwnThread,
    { doing, isFutex, mark }: ThreadSeen,
    before: string | undefined,
    now: Milliseconds,
  ): string | undefined {
    if (role === 'helper') return undefined
    if (doing.kind === 'runs' || mark !== before) return 'is busy'
    // A thread of the pool waits on a futex for work; in anything else it is at it.
    return role === 'pool' && !isFutex && this.#isBlocked(id, mark, now) ? 'waits in a job' : undefined
  }

  /**
   * Whether at least so many requests of other threads wait for an answer of a server in this thread. An HTTP client has
   * a timer for each request: which thread's it is nobody can tell, but each of them has a request under way.
   */
  #haveRequestsHere(threads: number): boolean {
    const waiting = this.#here.waiting()
    if (waiting.length < threads) return false
    const ofThisThread = this.#here.all()
    const ofAll = connectionsOf([process.pid], this.#proc)
    const fromThreads = waiting.filter(
      (our) => !ofThisThread.some((its) => isOtherEnd(our, its)) && ofAll.some((its) => isOtherEnd(our, its)),
    )
    return fromThreads.length >= threads
  }

  /** Whether a thread from before the run may have been asked something: a worker has if anything was posted. */
  #mayBeAsked({ role, isYoung }: OwnThread): boolean {
    return (role !== 'worker' && !isYoung) || registry.postedAway !== this.#postedBefore
  }

  /** What the processes do that workers of this one have started: the first timer that they wait for. */
  #lookAtStarted(): 'busy' | Milliseconds {
    const before = this.#started
    this.#started = new Map()
    let timerMs = NEVER
    if (registry.workers.size === 0) return timerMs
    let busy = false
    for (const thread of this.#threads.values()) {
      if (!mayBeWorkers(thread)) continue
      for (const pid of thread.children()) {
        const look = lookAt(pid, before.get(pid), this.#proc)
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

  /** What a thread does; nothing if it has ended, and then it is known no more. */
  #look(thread: OwnThread): ThreadSeen | undefined {
    const seen = thread.look()
    if (!seen) {
      thread.close()
      this.#threads.delete(thread.id)
    }
    return seen
  }

  #refresh(): void {
    const folder = `${this.#proc}/self`
    for (const id of readdirSync(`${folder}/task`)) {
      if (this.#threads.has(id) || id === String(process.pid)) continue
      try {
        this.#threads.set(id, new OwnThread(folder, id))
      } catch {
        // It has ended meanwhile.
      }
    }
  }
}
