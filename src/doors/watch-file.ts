import { EventEmitter } from 'node:events'
import fs, { type BigIntStats, type StatsBase, type Stats } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { hang } from './door.ts'
import { shared } from './realm.ts'
import { behind } from './stand.ts'

type AnyStats = Stats | BigIntStats
type Listener = (now: AnyStats, before: AnyStats) => void
interface WatchOptions {
  bigint?: boolean
  persistent?: boolean
  interval?: number
}

/** How often Node looks at a file, where nothing else is said. Milliseconds. */
const INTERVAL_MS = 5_007
/** What makes a file another one. Source: libuv, `uv_fs_poll_t`. */
const COMPARED = ['mtimeMs', 'ctimeMs', 'birthtimeMs', 'size', 'mode', 'uid', 'gid', 'ino', 'dev'] as const
const NUMBERS = [...COMPARED, 'nlink', 'rdev', 'blksize', 'blocks', 'atimeMs'] as const
const DATES = ['atime', 'mtime', 'ctime', 'birthtime'] as const

/** What Node tells of a file that is not there. */
function nothing(bigint: boolean): AnyStats {
  const zero = bigint ? 0n : 0
  const stats: Record<string, unknown> = Object.create(fs.Stats.prototype) as Record<string, unknown>
  for (const name of NUMBERS) stats[name] = zero
  for (const name of DATES) stats[name] = new Date(0)
  return stats as unknown as AnyStats
}

/** Looks at a file at intervals of the clock in force. Node's own watcher has a timer that no door can see. */
class FileWatcher extends EventEmitter {
  readonly #path: string
  readonly #bigint: boolean
  readonly #timer: NodeJS.Timeout
  #last: AnyStats | undefined
  #isLooking = false

  constructor(path: string, { bigint = false, persistent = true, interval = INTERVAL_MS }: WatchOptions) {
    super()
    this.#path = path
    this.#bigint = bigint
    this.#timer = globalThis.setInterval(() => this.#look(), interval)
    if (!persistent) this.#timer.unref()
    this.#look()
  }

  #look(): void {
    if (this.#isLooking) return
    this.#isLooking = true
    fs.stat(this.#path, { bigint: this.#bigint as false }, (error, found) => {
      this.#isLooking = false
      const now: AnyStats = error ? nothing(this.#bigint) : found
      const before = this.#last
      this.#last = now
      // Of a file that is not there at first Node tells at once.
      if (before ? isAnother(before, now) : error) this.emit('change', now, before ?? now)
    })
  }

  stop(): void {
    globalThis.clearInterval(this.#timer)
    this.removeAllListeners()
  }

  ref(): this {
    this.#timer.ref()
    return this
  }

  unref(): this {
    this.#timer.unref()
    return this
  }
}

const isAnother = (before: StatsBase<unknown>, now: StatsBase<unknown>): boolean =>
  COMPARED.some((name) => before[name] !== now[name])

const watchers = shared('fs.watchFile.watchers', () => new Map<string, FileWatcher>())

/** The path that a file is known by; nothing for what Node refuses. */
function pathOf(file: unknown): string | undefined {
  if (typeof file === 'string') return resolve(file)
  if (Buffer.isBuffer(file)) return resolve(String(file))
  return file instanceof URL && file.protocol === 'file:' ? resolve(fileURLToPath(file)) : undefined
}

/** Hangs the doors of `fs.watchFile` and `fs.unwatchFile`. */
export function hangWatchFile(): void {
  const target = fs as unknown as Record<'watchFile' | 'unwatchFile', (...args: unknown[]) => unknown>
  hang('fs.watchFile', target, 'watchFile', (real) => (file, ...rest) => {
    const path = pathOf(file)
    const listener = rest.find((each) => typeof each === 'function') as Listener | undefined
    if (!behind.time || path === undefined || !listener) return real(file, ...rest)
    let watcher = watchers.get(path)
    if (!watcher) {
      const [options] = rest
      watcher = new FileWatcher(path, typeof options === 'object' && options !== null ? options : {})
      watchers.set(path, watcher)
    }
    watcher.on('change', listener)
    return watcher
  })
  hang('fs.unwatchFile', target, 'unwatchFile', (real) => (file, listener) => {
    const path = pathOf(file)
    const watcher = path === undefined ? undefined : watchers.get(path)
    if (!watcher) return real(file, listener)
    if (typeof listener === 'function') watcher.off('change', listener as Listener)
    else watcher.removeAllListeners('change')
    if (watcher.listenerCount('change') > 0) return undefined
    watcher.stop()
    watchers.delete(path!)
    return undefined
  })
  syncBuiltinESMExports()
}
