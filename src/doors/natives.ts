// Loaded before any door is installed: builtin modules that take timers aside when they are first loaded
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
import { createRequire } from 'node:module'
import { nativeOf } from './realm.ts'

const require = createRequire(import.meta.url)

/** `node:timers/promises` as CommonJS sees it: the object whose properties the doors replace. */
export const timersPromises = require('node:timers/promises') as typeof import('node:timers/promises')
/** `node:timers` as CommonJS sees it. */
export const timersModule = require('node:timers') as typeof import('node:timers')
/** `node:crypto` as CommonJS sees it. */
export const cryptoModule = require('node:crypto') as typeof import('node:crypto')
/** `node:os` as CommonJS sees it. */
export const osModule = require('node:os') as typeof import('node:os')

/** The process's own timers and time, taken before any door was installed. */
export const native = {
  setTimeout: nativeOf('setTimeout', () => globalThis.setTimeout),
  clearTimeout: nativeOf('clearTimeout', () => globalThis.clearTimeout),
  setImmediate: nativeOf('setImmediate', () => globalThis.setImmediate),
  clearImmediate: nativeOf('clearImmediate', () => globalThis.clearImmediate),
  now: nativeOf('performance.now', () => performance.now).bind(performance),
  dateNow: nativeOf('Date.now', () => Date.now).bind(Date),
  hrtime: nativeOf('process.hrtime.bigint', () => process.hrtime.bigint),
  sleep: nativeOf('timers/promises.setTimeout', () => timersPromises.setTimeout),
} as const

/** Lets the event loop turn once on the real clock: microtasks, I/O callbacks and immediates run. */
export const realTurn = (): Promise<void> => new Promise((resolve) => void native.setImmediate(resolve))

/** What holds the event loop of this thread. */
export const activeHandles = (): object[] =>
  (process as unknown as { _getActiveHandles(): object[] })._getActiveHandles()
