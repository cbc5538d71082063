import { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'

type StreamSocket = new (stream: Duplex) => Socket
let found: StreamSocket | undefined

/**
 * Node's `JSStreamSocket`: a socket on top of a stream, with a handle of Node's own, from which a session of HTTP/2 can read. It has
 * no public name: TLS on top of a stream shows it. Few programs need it.
 */
function streamSocket(): StreamSocket {
  if (found) return found
  const socket = new TLSSocket(new Duplex({ read: () => {}, write: () => {} }) as Socket)
  const { _handle: handle } = socket as unknown as { _handle?: { _parentWrap?: Socket } }
  found = handle?._parentWrap?.constructor as StreamSocket | undefined
  socket.on('error', () => {}).destroy()
  if (found) return found
  throw new Error(`longhaul does not know the sockets of Node ${process.version}. Use a Node that it supports.`)
}

/** What a socket tells of where it is connected, and how. */
const ENDS = ['localAddress', 'localPort', 'localFamily', 'remoteAddress', 'remotePort', 'remoteFamily']
const TOLD = [...ENDS, 'encrypted', 'authorized', 'alpnProtocol', 'servername']

/** Puts such a socket on top of one that is, or will be, connected in this process. It is connected when that one is. */
export function standOn(inside: Socket): Socket {
  const socket = new (streamSocket())(inside)
  for (const name of TOLD) Object.defineProperty(socket, name, { get: () => (inside as never)[name] })
  const isTls = inside instanceof TLSSocket
  if (!inside.connecting && !(isTls && (inside as { secureConnecting?: boolean }).secureConnecting)) return socket
  Object.assign(socket, { connecting: true })
  inside.once(isTls ? 'secureConnect' : 'connect', () => {
    if (socket.destroyed) return
    Object.assign(socket, { connecting: false })
    socket.emit('connect')
  })
  return socket
}

/** Connects a socket that is inside already in the next tick, as none that leads out is connected at once. */
export function connectSoon(inside: Socket): void {
  Object.assign(inside, { connecting: true })
  process.nextTick(() => {
    if (inside.destroyed) return
    Object.assign(inside, { connecting: false })
    inside.emit('connect')
    inside.emit('ready')
  })
}
