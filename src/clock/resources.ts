import { createHook } from 'node:async_hooks'
import type { Milliseconds } from './duration.ts'

/**
 * Counts what no other interface shows: jobs in libuv's thread pool (zlib, crypto), which `process.getActiveResourcesInfo()`
 * leaves out, and timers of the real clock, whose lengths it does not tell.
 */
export interface ResourceWatch {
  /** Jobs handed to the thread pool since the watch began that have not come back. */
  pendingJobs(): number
  /** Lengths of the real timers that were set since the watch began and are still pending. */
  realTimers(): readonly Milliseconds[]
  stop(): void
}

/** Async resource types of one-shot jobs: PBKDF2REQUEST, SCRYPTREQUEST, RANDOMBYTESREQUEST, HASHREQUEST … */
const isOneShotJob = (type: string): boolean => type.endsWith('REQUEST') && type !== 'HTTPCLIENTREQUEST'
/** Compression streams: one resource for many jobs, each started by a call of its `write`. */
const STREAM_TYPES: ReadonlySet<string> = new Set(['ZLIB', 'BROTLI', 'ZSTD', 'ZSTDCOMPRESS', 'ZSTDDECOMPRESS'])

/** Starts counting. Costs nothing for promises on a Node that knows `trackPromises` (24.12 and later). */
export function watchResources(): ResourceWatch {
  const jobs = new Set<number>()
  const timers = new Map<number, Milliseconds>()
  const streams = new Map<number, number>()
  let inStreams = 0

  function settleStream(id: number, count: number): void {
    const open = streams.get(id)
    if (!open) return
    const done = Math.min(open, count)
    streams.set(id, open - done)
    inStreams -= done
  }

  function watchStream(id: number, handle: { write?: (...args: unknown[]) => unknown }): void {
    const { write } = handle
    if (typeof write !== 'function') return
    streams.set(id, 0)
    handle.write = function (...args) {
      const open = streams.get(id)
      if (open !== undefined) {
        streams.set(id, open + 1)
        inStreams += 1
      }
      return write.apply(this, args)
    }
  }

  const callbacks = {
    trackPromises: false,
    init(id: number, type: string, _trigger: number, resource: object) {
      if (type === 'Timeout') timers.set(id, (resource as { _idleTimeout?: number })._idleTimeout ?? 0)
      else if (isOneShotJob(type)) jobs.add(id)
      else if (STREAM_TYPES.has(type)) watchStream(id, resource)
    },
    before(id: number) {
      if (!jobs.delete(id)) settleStream(id, 1)
    },
    destroy(id: number) {
      if (timers.delete(id) || jobs.delete(id)) return
      settleStream(id, Number.POSITIVE_INFINITY)
      streams.delete(id)
    },
  }
  const hook = createHook(callbacks).enable()
  return {
    pendingJobs: () => jobs.size + inStreams,
    realTimers: () => [...timers.values()],
    stop: () => void hook.disable(),
  }
}
