// Loaded before any clock is installed: builtin modules that take timers aside when they are first loaded
// (the HTTP server's connection check among them) must take the real ones.
import 'node:child_process'
import 'node:dns/promises'
import 'node:fs/promises'
import 'node:http'
import 'node:http2'
import 'node:https'
import 'node:net'
import 'node:readline'
import 'node:stream/promises'
import 'node:tls'
import 'node:worker_threads'
import 'node:zlib'

/** The process's own timers and time, taken before any clock replaces them. */
export const native = {
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  setImmediate: globalThis.setImmediate,
  clearImmediate: globalThis.clearImmediate,
  now: performance.now.bind(performance),
  dateNow: Date.now.bind(Date),
} as const

/** Lets the event loop turn once on the real clock: microtasks, I/O callbacks and immediates run. */
export const realTurn = (): Promise<void> => new Promise((resolve) => void native.setImmediate(resolve))

/** Waits on the real clock. */
export const realSleep = (ms: number): Promise<void> => new Promise((resolve) => void native.setTimeout(resolve, ms))

/** The delay of the tick by which undici counts its own connection timeouts: machinery that lives in real time. */
export const UNDICI_TICK_MS = 499
