import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'
import { registry } from '../../doors/index.ts'
import type { Milliseconds } from '../duration.ts'
import type { Holding, SettleWindows } from './evidence.ts'
import { Patience } from './patience.ts'
import { doingIn, HELPERS, isFutex, threadsAreKnown } from './threads-of.ts'

const TASKS = '/proc/self/task'
/** The name of a thread of libuv's pool. */
const POOL = 'libuv-worker'
const buffer = Buffer.alloc(256)

/** A thread of this process: its files stay open, as it is looked at often. */
class Thread {
  readonly id: string
  readonly name: string
  readonly #files: readonly [number, number]
  constructor(id: string) {
    this.id = id
    const folder = `${TASKS}/${id}`
    this.name = readFileSync(`${folder}/comm`, 'latin1').trim()
    this.#files = [openSync(`${folder}/syscall`, 'r'), openSync(`${folder}/schedstat`, 'r')]
  }

  /** Its system call and its counters; changes whenever it has run. */
  read(): { call: string; counters: string } {
    const [call, counters] = this.#files.map((file) =>
      buffer.toString('latin1', 0, readSync(file, buffer, 0, buffer.length, 0)),
    )
    return { call: call!, counters: counters! }
  }

  close(): void {
    for (const file of this.#files) closeSync(file)
  }
}

/** Whether modules of Node are loaded that work in the thread pool and say so nowhere (`backup` of `node:sqlite`). */
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

/**
 * Tells whether another thread of this process is at work: a worker, the thread pool, or a thread of a native add-on.
 * Looks only where there may be one, at some five microseconds a thread. Needs `/proc` of Linux, and a process that no
 * other worker of the test runner shares.
 */
export class OwnThreads {
  /** Whether this process tells what its threads do. */
  static readonly known = threadsAreKnown && isMainThread
  readonly #settleMs: Milliseconds
  readonly #workers: Patience
  readonly #threads = new Map<string, Thread>()
  #marks = new Map<string, string>()
  #since: Milliseconds | undefined
  /** Threads of the pool that wait in a job, such as a read of a pipe, and since when they have not run. */
  readonly #blocked = new Map<string, { mark: string; since: Milliseconds }>()
  #posted = registry.posted
  #known = 0

  constructor(windows: SettleWindows, now: Milliseconds) {
    this.#settleMs = windows.settleMs
    this.#workers = new Patience(windows, now)
  }

  /** @param arrived whether something has come in since the last look: perhaps from a worker */
  look(now: Milliseconds, arrived: boolean): Holding | undefined {
    for (const worker of registry.workers) if (worker.threadId < 0) registry.workers.delete(worker)
    if (registry.posted !== this.#posted || registry.workers.size > this.#known) this.#workers.ask(now)
    else if (arrived) this.#workers.hear(now)
    this.#posted = registry.posted
    this.#known = registry.workers.size
    if (registry.workers.size === 0 && registry.addOns === 0 && !hasSilentModule()) return undefined
    const doing = this.#doing(now)
    if (doing === undefined) {
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
    let timerMs = Number.POSITIVE_INFINITY
    for (const thread of this.#threads.values()) {
      if (HELPERS.has(thread.name)) continue
      const what = `a thread of this process (${thread.name})`
      try {
        const { call, counters } = thread.read()
        const { kind, ms } = { ms: 0, ...doingIn(process.pid, `${TASKS}/${thread.id}`, call) }
        const mark = `${counters} ${call}`
        marks.set(thread.id, mark)
        if (kind === 'runs' || this.#marks.get(thread.id) !== mark) doing ??= `${what} is busy`
        // A thread of the pool waits on a futex for work; in anything else it is at it.
        else if (thread.name === POOL) {
          if (!isFutex(call) && this.#isBlocked(thread.id, mark, now)) doing ??= `${what} waits in a job`
        } else if (kind === 'timer' || kind === 'sleeps') timerMs = Math.min(timerMs, ms)
      } catch {
        doing ??= `${what} has ended`
        thread.close()
        this.#threads.delete(thread.id)
      }
    }
    this.#marks = marks
    if (doing !== undefined || timerMs === Number.POSITIVE_INFINITY || registry.workers.size === 0) return doing
    const waits = this.#workers.waits({ timerMs, sleepMs: Number.POSITIVE_INFINITY, owes: false, gave: false }, now)
    return waits ? 'a worker waits for a timer of its own' : undefined
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
