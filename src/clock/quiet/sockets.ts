import { Server, Socket } from 'node:net'
import type { Milliseconds } from '../duration.ts'
import type { Holding, SettleWindows } from './evidence.ts'

interface Traffic {
  written: number
  read: number
  /** Which of us has spoken last since the watch began. */
  last: 'nobody' | 'we' | 'peer'
  changedAt: Milliseconds
}

/** A connection as the other end sees it. */
export interface Connection {
  localPort: number
  remotePort: number
}

/** The connections of this process, as far as its main thread has them. */
export interface Here {
  all(): readonly Connection[]
  /** Those on which a peer waits for a server of this process. */
  waiting(): readonly Connection[]
}

export const isOtherEnd = (our: Connection, its: Connection): boolean =>
  its.localPort === our.remotePort && its.remotePort === our.localPort

/** What is known of peers whose work somebody else can tell: child processes and what they have started, and threads. */
export interface Peers<Peer extends object> {
  /** Whether a socket is the standard input or output of one. */
  isPipeOf(socket: Socket): boolean
  /** The one at the other end of a connection. */
  peerOf(connection: Connection, now: Milliseconds): Peer | undefined
  /** Says that something was written to it, or read from it. */
  heardOf(peer: Peer, what: 'written' | 'read', now: Milliseconds): void
}

/** After so many milliseconds it is asked again whose a connection is that nobody has accepted yet. */
const LOOK_AGAIN_MS = 20

/** Peers that were asked and never answered: they do not hold the clock of a later run either. */
const sinks = new WeakSet<Socket>()

/**
 * Tells whether an exchange is open on a socket: a handle that lives long, and so says nothing by existing.
 *
 * - Both ends of a connection in this process: open exactly while bytes are between them. A server that keeps a
 *   request waiting on a timer is waiting for virtual time, not for I/O.
 * - A peer in a child process, or in another thread of this one: what that process or thread is doing says it.
 * - A peer in another process: open from our write to its answer, for at most `settleMs`, and `quietMs` more after each
 *   piece of the answer. A peer that never answers (a log sink) is found out once and does not hold the clock again.
 */
export class Sockets<Peer extends object> {
  readonly #windows: SettleWindows
  readonly #peers: Peers<Peer>
  readonly #traffic = new WeakMap<Socket, Traffic>()
  readonly #intercepted = new WeakSet<Socket>()
  readonly #paired = new WeakSet<Socket>()
  /** The child process or thread at the other end of a socket, or that there is none and until when that is believed. */
  readonly #children = new WeakMap<Socket, { peer: Peer } | { until: Milliseconds }>()
  readonly #ofChildren = new Set<Socket>()
  #sockets: readonly Socket[] = []
  /** Sockets that a server of this process has accepted and whose peer waits for it. */
  #waiting: { socket: Socket; since: Milliseconds }[] = []

  constructor(windows: SettleWindows, peers: Peers<Peer>, atStart: readonly object[]) {
    this.#windows = windows
    this.#peers = peers
    for (const handle of atStart) {
      if (!(handle instanceof Socket)) continue
      const { bytesWritten: written, bytesRead: read } = handle
      this.#traffic.set(handle, { written, read, last: 'nobody', changedAt: 0 })
    }
  }

  look(handles: readonly object[], now: Milliseconds): Holding | undefined {
    this.#waiting = []
    this.#sockets = []
    // An idle connection is in no list of Node's, but what came on it last was an answer.
    for (const socket of this.#ofChildren) if (socket.destroyed) this.#ofChildren.delete(socket)
    if (handles.length === 0 && this.#ofChildren.size === 0) return undefined
    const sockets = [...new Set([...handles, ...this.#ofChildren])].filter(
      (handle): handle is Socket =>
        handle instanceof Socket && !isStdio(handle) && !this.#peers.isPipeOf(handle) && !this.#isIntercepted(handle),
    )
    this.#sockets = sockets
    const ends = endsOf(sockets)
    let open = 0
    let since = now
    const hold = (from: Milliseconds): void => {
      open += 1
      since = Math.min(since, from)
    }
    for (const socket of sockets) {
      const { quietMs, settleMs } = this.#windows
      const other = ends.get(socket)
      const before = { written: 0, read: 0, ...this.#traffic.get(socket) }
      const traffic = this.#note(socket, now)
      if (isAccepted(socket) && peerWaits(socket, traffic)) this.#waiting.push({ socket, since: traffic.changedAt })
      if (other) {
        this.#paired.add(socket)
        if (socket.bytesWritten !== other.bytesRead) hold(traffic.changedAt)
      } else if (this.#paired.has(socket)) {
        // The other end was here and is gone: its closing is still on the way to this one.
        if (this.#isOpen(socket, traffic, now, quietMs)) hold(traffic.changedAt)
      } else {
        const known = this.#ofChildren.has(socket)
        const child = this.#childOf(socket, traffic, now)
        if (child) {
          // What was written before it was known whose the connection is was for it, too.
          if (!known && traffic.last === 'we') this.#peers.heardOf(child, 'written', now)
          for (const what of ['read', 'written'] as const) {
            if (before[what] !== traffic[what]) this.#peers.heardOf(child, what, now)
          }
        } else if (this.#isOpen(socket, traffic, now, settleMs)) hold(traffic.changedAt)
      }
    }
    return open > 0 ? { what: `${open} exchange(s) open on a socket`, since } : undefined
  }

  /** Whether a peer waits for a server of this process that began to at `from` or later, in real milliseconds. */
  waitingSince(from: Milliseconds): boolean {
    return this.#waiting.some(({ since }) => since >= from)
  }

  /** All connections of this process. */
  all(): Connection[] {
    return this.#sockets.flatMap((socket) => connectionOf(socket) ?? [])
  }

  /** Connections on which a peer in another process waits for a server of this one. */
  waiting(): Connection[] {
    return this.#waiting.flatMap(({ socket }) => connectionOf(socket) ?? [])
  }

  /** Interceptors leave their sockets behind: what was found out of one is not asked again. */
  #isIntercepted(socket: Socket): boolean {
    if (this.#intercepted.has(socket)) return true
    if (!isIntercepted(socket)) return false
    if (!socket.connecting) this.#intercepted.add(socket)
    return true
  }

  #childOf(socket: Socket, traffic: Traffic, now: Milliseconds): Peer | undefined {
    const known = this.#children.get(socket)
    if (known && 'peer' in known) return known.peer
    if (traffic.last === 'nobody' || (known && now < known.until)) return undefined
    const connection = connectionOf(socket)
    const peer = connection && this.#peers.peerOf(connection, now)
    // A connection that its peer has not accepted yet is nobody's.
    const until = traffic.read > 0 ? Number.POSITIVE_INFINITY : now + LOOK_AGAIN_MS
    this.#children.set(socket, peer ? { peer } : { until })
    if (peer) this.#ofChildren.add(socket)
    return peer
  }

  #note(socket: Socket, now: Milliseconds): Traffic {
    const { bytesWritten: written, bytesRead: read } = socket
    const before = this.#traffic.get(socket)
    if (!before) {
      const fresh: Traffic = { written, read, last: read > 0 && written === 0 ? 'peer' : 'we', changedAt: now }
      this.#traffic.set(socket, fresh)
      return fresh
    }
    if (read !== before.read) {
      sinks.delete(socket)
      Object.assign(before, { written, read, last: 'peer', changedAt: now })
    } else if (written !== before.written) Object.assign(before, { written, last: 'we', changedAt: now })
    return before
  }

  #isOpen(socket: Socket, { last, changedAt }: Traffic, now: Milliseconds, settleMs: Milliseconds): boolean {
    switch (last) {
      case 'nobody':
        return false
      case 'we':
        if (sinks.has(socket)) return false
        if (now - changedAt < settleMs) return true
        sinks.add(socket)
        return false
      case 'peer':
        return now - changedAt < this.#windows.quietMs
      default:
        return last satisfies never
    }
  }
}

/** The other end of each socket that has it in this process. */
function endsOf(sockets: readonly Socket[]): Map<Socket, Socket> {
  const byName = new Map<string, Socket>()
  const ends = new Map<Socket, Socket>()
  const pipes: Socket[] = []
  for (const socket of sockets) {
    const { localAddress, localPort, remoteAddress, remotePort } = socket
    if (socket.connecting) continue
    if (localPort === undefined || remotePort === undefined) pipes.push(socket)
    else byName.set(`${localAddress}:${localPort}>${remoteAddress}:${remotePort}`, socket)
  }
  for (const [name, socket] of byName) {
    const [from, to] = name.split('>')
    const other = byName.get(`${to}>${from}`)
    if (other) ends.set(socket, other)
  }
  // Unix sockets have no names: one end has written what the other has read.
  const accepted = pipes.filter(isAccepted)
  for (const socket of pipes) {
    if (isAccepted(socket)) continue
    const other = accepted.findIndex(
      ({ bytesRead, bytesWritten }) => bytesRead === socket.bytesWritten && bytesWritten === socket.bytesRead,
    )
    if (other < 0) continue
    ends.set(socket, accepted[other]!)
    ends.set(accepted[other]!, socket)
    accepted.splice(other, 1)
  }
  return ends
}

function connectionOf({ localPort, remotePort }: Socket): Connection | undefined {
  return localPort === undefined || remotePort === undefined ? undefined : { localPort, remotePort }
}

/** Whether a server of this process has accepted the socket. */
const isAccepted = (socket: Socket): boolean => (socket as { server?: unknown }).server instanceof Server

/** Whether a peer waits for an answer of this process: nothing of it has come, or its end has not. */
function peerWaits(socket: Socket, { last }: Traffic): boolean {
  return last === 'peer' || Boolean((socket as { _httpMessage?: object | null })._httpMessage)
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
