import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import { childrenOf, doingIn, HELPERS, isFutex, type Doing } from './threads-of.ts'

/** The name of a thread of libuv's pool. */
const POOL = 'libuv-worker'
/** The name of a worker's thread. */
const WORKER = 'WorkerThread'
/** A thread gives itself a name as one of the first things that it does: its name is read at so many looks. */
const LOOKS_AT_NAME = 50
const buffer = Buffer.alloc(256)

/** A thread at one moment. */
export interface ThreadSeen {
  doing: Doing
  /** Whether it waits for another thread. */
  isFutex: boolean
  /** Changes whenever it has run. */
  mark: string
}

/** A thread of this process: its files stay open, as it is looked at often. */
export class OwnThread {
  readonly id: string
  readonly #process: string
  readonly #files: readonly number[]
  #name: string
  #unnamed = LOOKS_AT_NAME

  /**
   * @param process the folder of this process, such as `/proc/self`
   * @throws {Error} of `node:fs` if the thread has ended
   */
  constructor(process: string, id: string) {
    this.id = id
    this.#process = process
    this.#name = this.#readName()
    this.#files = ['syscall', 'schedstat'].map((file) => openSync(`${this.#folder}/${file}`, 'r'))
  }

  get name(): string {
    return this.#name
  }

  /**
   * What it is for. `helper`: V8 and Node use it to help a program. `pool`: it is one of libuv's pool. `worker`: it has
   * the name of a worker's. `other`: it is of a native add-on, or has not given itself its name yet.
   */
  get role(): 'helper' | 'pool' | 'worker' | 'other' {
    if (HELPERS.has(this.#name)) return 'helper'
    if (this.#name === POOL) return 'pool'
    return this.#name === WORKER ? 'worker' : 'other'
  }

  /** Whether it may not have given itself its name yet. */
  get isYoung(): boolean {
    return this.#unnamed > 0
  }

  /** What it does now; nothing if it has ended. */
  look(): ThreadSeen | undefined {
    try {
      // A thread has the name of the one that began it until it gives itself one.
      if (this.#unnamed > 0) {
        this.#unnamed -= 1
        this.#name = this.#readName()
      }
      const [call, counters] = this.#files.map((file) =>
        buffer.toString('latin1', 0, readSync(file, buffer, 0, buffer.length, 0)),
      ) as [string, string]
      return { doing: doingIn(this.#process, this.id, call), isFutex: isFutex(call), mark: `${counters} ${call}` }
    } catch {
      return undefined
    }
  }

  /** The processes that it has started and that have not ended. */
  children(): number[] {
    try {
      return childrenOf(this.#folder)
    } catch {
      // The thread has ended since it was looked at.
      return []
    }
  }

  close(): void {
    for (const file of this.#files) closeSync(file)
  }

  get #folder(): string {
    return `${this.#process}/task/${this.id}`
  }

  #readName(): string {
    return readFileSync(`${this.#folder}/comm`, 'latin1').trim()
  }
}
