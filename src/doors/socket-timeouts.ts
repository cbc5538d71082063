import { Socket } from 'node:net'
import { hang } from './door.ts'
import type { SocketInside } from './memory-handle.ts'
import { behind } from './stand.ts'

type SetTimeout = (this: Timed, ms: number, callback?: () => void) => Timed

interface Timed extends Omit<SocketInside, 'setTimeout' | 'timeout'> {
  setTimeout: SetTimeout
  timeout?: number
  _onTimeout(): void
  _destroy(error: Error | null, done: (error?: Error | null) => void): void
  _parent: Timed | null
  /** Of a socket that a server has accepted. */
  server?: object | null
}

/** Longer ones than timers can have are Node's to refuse. Milliseconds. */
const MAX_MS = 2 ** 31 - 1

const timers = new WeakMap<object, NodeJS.Timeout>()

/**
 * Hangs the doors of `socket.setTimeout`, with which HTTP clients set their limits of time: while a run is in force, a socket is
 * silent for as long as the clock in force says. Node's own timers for sockets pass every other door. Those of a server stay real:
 * its clients may be in other processes, and an idle connection is to wait for them.
 */
export function hangSocketTimeouts(): void {
  const prototype = Socket.prototype as unknown as Timed
  const clear = (socket: object): void => {
    const timer = timers.get(socket)
    if (timer === undefined) return
    clearTimeout(timer)
    timers.delete(socket)
  }
  const refresh = (socket: Timed): void => {
    timers.get(socket)?.refresh()
    // Of a socket that carries TLS.
    if (socket._parent) refresh(socket._parent)
  }
  hang('net.Socket.setTimeout', prototype, 'setTimeout', (real) => {
    return function setTimeout(ms, callback) {
      clear(this)
      const counts = typeof ms === 'number' && ms > 0 && ms <= MAX_MS
      if (!behind.network || !counts || this.destroyed || this.server)
        return Reflect.apply(real, this, [ms, callback]) as Timed
      if (callback !== undefined && typeof callback !== 'function')
        return Reflect.apply(real, this, [ms, callback]) as Timed
      // Takes the timer out that Node may have set before.
      Reflect.apply(real, this, [0])
      this.timeout = ms
      const timer = globalThis.setTimeout(() => this._onTimeout(), ms)
      timer.unref()
      timers.set(this, timer)
      if (callback) this.once('timeout', callback)
      return this
    }
  })
  hang('net.Socket._unrefTimer', prototype, '_unrefTimer', (real) => {
    return function _unrefTimer(this: Timed) {
      refresh(this)
      Reflect.apply(real, this, [])
    }
  })
  hang('net.Socket._destroy', prototype, '_destroy', (real) => {
    return function _destroy(this: Timed, error, done) {
      clear(this)
      Reflect.apply(real, this, [error, done])
    }
  })
}
