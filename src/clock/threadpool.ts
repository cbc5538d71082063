import { createHook } from 'node:async_hooks'

/**
 * Counts the jobs in libuv's thread pool (zlib, crypto) that no other interface shows:
 * `process.getActiveResourcesInfo()` lists file and DNS requests, but not these.
 */
export interface ThreadPoolWatch {
  /** Jobs handed to the thread pool since the watch began that have not come back. */
  pending(): number
  stop(): void
}

/** Async resource types of one-shot jobs: PBKDF2REQUEST, SCRYPTREQUEST, RANDOMBYTESREQUEST, HASHREQUEST … */
const isOneShotJob = (type: string): boolean => type.endsWith('REQUEST') && type !== 'HTTPCLIENTREQUEST'
/** Compression streams: one resource for many jobs, each started by a call of its `write`. */
const STREAM_TYPES: ReadonlySet<string> = new Set(['ZLIB', 'BROTLI', 'ZSTD', 'ZSTDCOMPRESS', 'ZSTDDECOMPRESS'])

/** Starts counting. Costs nothing for promises on a Node that knows `trackPromises` (24.12 and later). */
export function watchThreadPool(): ThreadPoolWatch {
  const jobs = new Set<number>()
  const streams = new Map<number, number>()
  let inStreams = 0

  function settleStream(id: number, count: number): void {
    const open = streams.get(id)
    if (!open) return
    const done = Math.min(open, count)
    streams.set(id, open - done)
    inStreams -= done
  }

  const callbacks = {
    trackPromises: false,
    init(id: number, type: string, _trigger: number, resource: object) {
      if (isOneShotJob(type)) jobs.add(id)
      else if (STREAM_TYPES.has(type)) {
        streams.set(id, 0)
        const handle = resource as { write?: (...args: unknown[]) => unknown }
        const { write } = handle
        if (typeof write !== 'function') return
        handle.write = function (...args) {
          const open = streams.get(id)
          if (open !== undefined) {
            streams.set(id, open + 1)
            inStreams += 1
          }
          return write.apply(this, args)
        }
      }
    },
    before(id: number) {
      if (!jobs.delete(id)) settleStream(id, 1)
    },
    destroy(id: number) {
      if (jobs.delete(id)) return
      settleStream(id, Number.POSITIVE_INFINITY)
      streams.delete(id)
    },
  }
  const hook = createHook(callbacks).enable()
  return {
    pending: () => jobs.size + inStreams,
    stop: () => void hook.disable(),
  }
}
