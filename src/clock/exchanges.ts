import { ChildProcess } from 'node:child_process'
import { Socket } from 'node:net'
import type { Milliseconds } from './duration.ts'

/** How long a handle that lives long may hold the clock. Real milliseconds. */
export interface SettleWindows {
  /** After a request was written to a peer in another process and no answer has come. Default 2 s. */
  settleMs: Milliseconds
  /** After the last piece of an answer has come, in case there are more. Default 10 ms. */
  quietMs: Milliseconds
}

interface Traffic {
  written: number
  read: number
  /** `idle`: nothing asked. `asked`: we wrote last. `answered`: we read last. `one-way`: asked and never answered. */
  phase: 'idle' | 'asked' | 'answered' | 'one-way'
  changedAt: Milliseconds
}

type Peer = Pick<Socket, 'bytesRead' | 'bytesWritten'>

/** Our own end of a conversation as two counters: what we wrote to the peer, what we read from it. */
function counters(end: Peer | ChildProcess): { written: number; read: number } {
  if (!(end instanceof ChildProcess)) return { written: end.bytesWritten, read: end.bytesRead }
  const { stdin, stdout, stderr } = end as unknown as Record<'stdin' | 'stdout' | 'stderr', Socket | null>
  return { written: stdin?.bytesWritten ?? 0, read: (stdout?.bytesRead ?? 0) + (stderr?.bytesRead ?? 0) }
}

function route(socket: Socket): { from: string; to: string } | undefined {
  if (socket.connecting || socket.localPort === undefined || socket.remotePort === undefined) return undefined
  return { from: `${socket.localAddress}:${socket.localPort}`, to: `${socket.remoteAddress}:${socket.remotePort}` }
}

/**
 * Tells whether an exchange is open on a socket or a child process: handles that live long, and so say nothing by existing.
 *
 * - Both ends of a connection in this process: open exactly while bytes are between them. A server that keeps a
 *   request waiting on a timer is waiting for virtual time, not for I/O.
 * - A peer in another process: open from our write to its answer, for at most `settleMs`, and `quietMs` more after each
 *   piece of the answer. A peer that never answers (a log sink) is found out once and does not hold the clock again.
 * - A child process that is given no input counts as a job until it exits, for at most `settleMs` after its last output.
 */
export class ExchangeWatch {
  readonly #windows: SettleWindows
  readonly #traffic = new WeakMap<object, Traffic>()
  readonly #owned = new WeakSet<object>()
  readonly #intercepted = new WeakSet<Socket>()
  readonly #paired = new WeakMap<Socket, Socket>()

  constructor(windows: SettleWindows, atStart: readonly object[]) {
    this.#windows = windows
    for (const handle of atStart) {
      if (handle instanceof Socket || handle instanceof ChildProcess) {
        this.#traffic.set(handle, { ...counters(handle), phase: 'idle', changedAt: 0 })
        if (handle instanceof ChildProcess) this.#own(handle)
      }
    }
  }

  /** How many of these handles have an exchange open at `now` (real milliseconds). */
  open(handles: readonly object[], now: Milliseconds): number {
    for (const handle of handles) if (handle instanceof ChildProcess) this.#own(handle)
    const sockets = handles.filter(
      (handle): handle is Socket =>
        handle instanceof Socket && !this.#owned.has(handle) && !isStdio(handle) && !this.#isIntercepted(handle),
    )
    const byRoute = new Map<string, Socket>()
    for (const socket of sockets) {
      const path = route(socket)
      if (path) byRoute.set(`${path.from}>${path.to}`, socket)
    }
    let open = 0
    for (const socket of sockets) {
      const path = route(socket)
      const other = path && byRoute.get(`${path.to}>${path.from}`)
      if (other) {
        this.#paired.set(socket, other)
        if (socket.bytesWritten !== other.bytesRead) open += 1
        this.#note(socket, now)
      } else if (this.#paired.has(socket)) {
        // The other end was here and is gone: its closing is still on the way to this one.
        if (this.#isOpen(socket, now, this.#windows.quietMs)) open += 1
      } else if (this.#isOpen(socket, now, this.#windows.settleMs)) open += 1
    }
    for (const child of handles) {
      if (child instanceof ChildProcess && this.#childIsOpen(child, now)) open += 1
    }
    return open
  }

  /** Interceptors leave their sockets behind: what was found out of one is not asked again. */
  #isIntercepted(socket: Socket): boolean {
    if (this.#intercepted.has(socket)) return true
    if (!isIntercepted(socket)) return false
    if (!socket.connecting) this.#intercepted.add(socket)
    return true
  }

  #own(child: ChildProcess): void {
    for (const stream of child.stdio ?? []) if (stream) this.#owned.add(stream)
  }

  #note(end: Peer | ChildProcess, now: Milliseconds): Traffic {
    const { written, read } = counters(end)
    const before = this.#traffic.get(end)
    if (!before) {
      const phase = read > 0 && written === 0 ? 'answered' : 'asked'
      const fresh: Traffic = { written, read, phase, changedAt: now }
      this.#traffic.set(end, fresh)
      return fresh
    }
    if (read !== before.read) Object.assign(before, { written, read, phase: 'answered', changedAt: now })
    else if (written !== before.written) {
      before.written = written
      if (before.phase !== 'one-way') Object.assign(before, { phase: 'asked', changedAt: now })
    }
    return before
  }

  #isOpen(end: Peer | ChildProcess, now: Milliseconds, settleMs: Milliseconds): boolean {
    const traffic = this.#note(end, now)
    switch (traffic.phase) {
      case 'idle':
      case 'one-way':
        return false
      case 'asked':
        if (now - traffic.changedAt < settleMs) return true
        traffic.phase = 'one-way'
        return false
      case 'answered':
        if (now - traffic.changedAt < this.#windows.quietMs) return true
        traffic.phase = 'idle'
        return false
      default:
        return traffic.phase satisfies never
    }
  }

  #childIsOpen(child: ChildProcess, now: Milliseconds): boolean {
    const known = this.#traffic.get(child)
    const takesInput = child.stdin !== null && !child.stdin.writableEnded && counters(child).written > 0
    if (takesInput || (known && known.phase === 'idle')) return this.#isOpen(child, now, this.#windows.settleMs)
    return now - this.#note(child, now).changedAt < this.#windows.settleMs
  }
}

function isStdio(socket: Socket): boolean {
  const fd = (socket as { fd?: unknown }).fd
  return fd === 0 || fd === 1 || fd === 2
}

interface TcpHandle {
  constructor: { name: string }
  /** Under a TLS socket: the handle that carries it. */
  _parent?: TcpHandle
  getsockname?(out: { port?: number }): number
}

/**
 * A TCP or TLS socket that the system never bound to a port: request interceptors (msw, nock) answer it inside this process.
 * A real one is bound from the moment it connects, and the look-up of a name before that counts as a request itself.
 */
function isIntercepted(socket: Socket): boolean {
  const handle = (socket as { _handle?: TcpHandle | null })._handle
  const tcp = handle?.constructor.name === 'TLSWrap' ? handle._parent : handle
  if (tcp?.constructor.name !== 'TCP') return false
  // From the prototype: interceptors replace the handle's own methods.
  const { getsockname } = Object.getPrototypeOf(tcp) as TcpHandle
  const address: { port?: number } = {}
  return getsockname !== undefined && (getsockname.call(tcp, address) !== 0 || !address.port)
}
