import { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'

/**
 * Node's `JSStreamSocket`: a socket on top of a stream, with a handle of Node's own, from which a session of HTTP/2 can read. It has
 * no public name: TLS on top of a stream shows it.
 */
const StreamSocket = streamSocket()

function streamSocket(): new (stream: Duplex) => Socket {
  const socket = new TLSSocket(new Duplex({ read: () => {}, write: () => {} }) as Socket)
  const { _handle: handle } = socket as unknown as { _handle?: { _parentWrap?: Socket } }
  const found = handle?._parentWrap?.constructor
  socket.on('error', () => {}).destroy()
  if (found) return found as new (stream: Duplex) => Socket
  throw new Error(`longhaul does not know the sockets of Node ${process.version}. Use a Node that it supports.`)
}

/** What a socket tells of where it is connected. */
const ENDS = ['localAddress', 'localPort', 'localFamily', 'remoteAddress', 'remotePort', 'remoteFamily'] as const

/**
 * Puts such a socket on top of one that is connected in this process. It is connected in the next tick, as none that leads out is
 * connected at once: what is asked before that waits, and is told of it.
 *
 * @param servername of the peer, where the connection is secure
 */
export function connectsSoon(inside: Socket, servername: string | undefined): Socket {
  const socket = new StreamSocket(inside)
  if (servername !== undefined)
    Object.assign(socket, { encrypted: true, authorized: true, alpnProtocol: 'h2', servername })
  for (const name of ENDS) Object.defineProperty(socket, name, { get: () => inside[name] })
  Object.assign(socket, { connecting: true })
  process.nextTick(() => {
    if (socket.destroyed) return
    Object.assign(socket, { connecting: false })
    socket.emit('connect')
    socket.emit('ready')
  })
  return socket
}
