import net, { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { behind } from './stand.ts'
import type { Destination } from './behind.ts'
import { hang } from './door.ts'
import { connectInside, secure } from './inside.ts'
import { MemoryHandle, OWNER, type Ends, type SocketInside } from './memory-handle.ts'
import { MemoryTlsHandle } from './memory-tls.ts'
import { addressFor, isMadeUp, nameFor } from './names.ts'

/** Node's handle of a TCP socket. */
interface TcpHandle {
  [OWNER]?: SocketInside
  reading?: boolean
  onread: () => void
  close(): void
  connect: ConnectHandle
  connect6: ConnectHandle
}
type ConnectHandle = (this: TcpHandle, request: ConnectRequest, address: string, port: number) => number

/** Node's request to connect a handle. */
interface ConnectRequest {
  oncomplete(status: number, handle: object, request: object, readable: boolean, writable: boolean): void
}

interface ConnectOptions {
  host?: string
  port?: number | string
  path?: string | null
  lookup?: unknown
}
type NormalArguments = [options: ConnectOptions, connected: (() => void) | null]

/** What Node calls `net.connect(…)`'s arguments when they are in order. */
const { _normalizeArgs: inOrder } = net as unknown as { _normalizeArgs(given: unknown[]): NormalArguments }

/** libuv's number for a connection that nobody takes. */
const ECONNREFUSED = -111

/** Where a socket was told to connect to. */
const wanted = new WeakMap<Socket, Destination>()
let ports = 0

/** Hangs the doors of sockets: what connects to a simulated or forbidden host is connected inside this process. */
export function hangSockets(): void {
  hang('net.Socket.connect', Socket.prototype as unknown as Record<'connect', AnyFunction>, 'connect', nameDoor)
  const prototype = handlePrototype()
  hang('tcp.connect', prototype, 'connect', connectDoor)
  hang('tcp.connect6', prototype, 'connect6', connectDoor)
  // Node resets its own handles alone.
  hang('net.Socket.resetAndDestroy', Socket.prototype, 'resetAndDestroy', (real) => {
    return function resetAndDestroy(this: Socket) {
      const { _handle: handle } = this as SocketInside
      if (!(handle instanceof MemoryHandle)) return Reflect.apply(real, this, [])
      handle.reset()
      return this.destroy()
    }
  })
  hangLayers()
}

type AnyFunction = (this: never, ...given: never[]) => unknown

/** The prototype of Node's TCP handles: a socket that is about to look up a name has one. */
function handlePrototype(): TcpHandle {
  const socket = new Socket()
  socket.connect({ host: 'localhost', port: 1, lookup: () => {} })
  const prototype = Object.getPrototypeOf((socket as SocketInside)._handle) as TcpHandle
  socket.destroy()
  return prototype
}

/** Remembers by which name a socket is connected, and looks up no name that leads nowhere. */
function nameDoor(real: AnyFunction): AnyFunction {
  return function connect(this: Socket, ...given: unknown[]): unknown {
    const { network } = behind
    const ordered = network && (Array.isArray(given[0]) ? (given[0] as NormalArguments) : inOrder(given))
    if (!ordered || typeof ordered[0] !== 'object' || ordered[0].path) return Reflect.apply(real, this, given as never)
    const { host = 'localhost', port } = ordered[0]
    const destination: Destination = {
      host: nameFor(host) ?? host,
      port: Number(port),
      secure: this instanceof TLSSocket,
    }
    wanted.set(this, destination)
    if (net.isIP(host) === 0 && network!.judge(destination) !== 'pass')
      ordered[0] = { ...ordered[0], lookup: lookUp(addressFor(host)) }
    return Reflect.apply(real, this, [ordered] as never)
  } as AnyFunction
}

type LookedUp = (error: Error | null, address: string | { address: string; family: 4 }[], family?: 4) => void

const lookUp =
  (address: string) =>
  (_name: string, { all }: { all?: boolean }, found: LookedUp): void =>
    process.nextTick(() => (all ? found(null, [{ address, family: 4 }]) : found(null, address, 4)))

/** The last step before the kernel: whatever way a program took, it comes by here. */
function connectDoor(real: ConnectHandle): ConnectHandle {
  return function connect(request, address, port) {
    const { network } = behind
    // An address that was looked up in a run which is over.
    if (!network) return isMadeUp(address) ? ECONNREFUSED : real.call(this, request, address, port)
    const owner = this[OWNER]
    if (!owner) return real.call(this, request, address, port)
    const host = nameFor(address) ?? address
    const destination = wanted.get(owner) ?? { host, port, secure: owner instanceof TLSSocket }
    if (network.judge(destination) === 'pass') return real.call(this, request, address, port)
    const handle = moveInside(owner, destination, { address, port })
    process.nextTick(() => {
      // Such a session would read from the handle as if it were native, and end the process.
      if (hasHttp2Session(owner)) owner.destroy(network.refuse(destination, { method: 'CONNECT', path: '' }))
      else request.oncomplete(0, handle, request, true, true)
    })
    return 0
  }
}

/** Whether HTTP/2 waits for the socket to be connected, as after an `http2.connect` that was taken aside before the doors. */
const hasHttp2Session = (socket: Socket): boolean =>
  socket.listeners('close').some(({ name }) => name === 'socketOnClose')

/** Whether a socket is connected inside this process, or is about to be. */
export function leadsInside(socket: Socket): boolean {
  if ((socket as SocketInside)._handle instanceof MemoryHandle || layered.has(socket as TLSSocket)) return true
  const destination = socket.connecting ? wanted.get(socket) : undefined
  return destination !== undefined && (behind.network?.judge(destination) ?? 'pass') !== 'pass'
}

/** Gives a socket a handle in this process, in place of the one that leads out. */
export function moveInside(
  socket: SocketInside,
  destination: Destination,
  remote: Ends['remote'] = { address: addressFor(destination.host), port: destination.port ?? 0 },
): MemoryHandle {
  const ends = { local: localEnd(), remote }
  const handle =
    socket instanceof TLSSocket ? new MemoryTlsHandle(ends, socket, destination.host) : new MemoryHandle(ends)
  replaceHandle(socket, handle)
  connectInside(handle, ends, destination)
  return handle
}

const localEnd = (): Ends['local'] => ({ address: '127.0.0.1', port: 49_152 + (ports++ % 16_384) })

function replaceHandle(socket: SocketInside, handle: MemoryHandle): void {
  const native = socket._handle as TcpHandle | null
  handle.reading = native?.reading ?? false
  handle[OWNER] = socket
  socket._handle = handle
  if (!native) return
  native.onread = () => {}
  native.close()
}

/** TLS on top of a connection that is inside this process already, such as a tunnel through a proxy. */
const layered = new WeakMap<TLSSocket, SocketInside>()

interface TlsInside extends SocketInside {
  _wrapHandle(below: SocketInside | null, handle: object | undefined, busy: boolean): object
  _start(): void
}

function hangLayers(): void {
  const prototype = TLSSocket.prototype as unknown as TlsInside
  hang('tls.TLSSocket._wrapHandle', prototype, '_wrapHandle', (real) => {
    return function _wrapHandle(this: TLSSocket, below, handle, busy) {
      if (!below || !leadsInside(below)) return Reflect.apply(real, this, [below, handle, busy])
      layered.set(this, below)
      // Before Node begins to read, for which it takes the next tick too, or waits for the connection.
      if (below.connecting) below.once('connect', () => layUpon(this))
      else process.nextTick(() => layUpon(this))
      return Reflect.apply(real, this, [null, undefined, false])
    } as TlsInside['_wrapHandle']
  })
  hang('tls.TLSSocket._start', prototype, '_start', (real) => {
    return function _start(this: TlsInside & TLSSocket) {
      layUpon(this)
      return Reflect.apply(real, this, [])
    } as TlsInside['_start']
  })
}

function layUpon(socket: TLSSocket): void {
  const below = layered.get(socket)
  if (!below || below.connecting || socket.destroyed) return
  layered.delete(socket)
  const handleBelow = below._handle
  if (!(handleBelow instanceof MemoryHandle)) return void socket.destroy()
  const remote = { address: below.remoteAddress ?? '', port: below.remotePort ?? 0 }
  const handle = new MemoryTlsHandle({ local: localEnd(), remote }, socket, nameFor(remote.address) ?? remote.address)
  replaceHandle(socket as unknown as SocketInside, handle)
  handle.takeOver(handleBelow)
  secure(handle)
  below.once('close', () => socket.destroy())
  socket.once('close', () => below.destroy())
}
