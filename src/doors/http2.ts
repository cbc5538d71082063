import http2, { type ClientHttp2Session, type ClientSessionOptions, type SecureClientSessionOptions } from 'node:http2'
import { Socket } from 'node:net'
import type { Destination } from './behind.ts'
import { hang } from './door.ts'
import type { SocketInside } from './memory-handle.ts'
import { leadsInside, moveInside } from './sockets.ts'
import { behind } from './stand.ts'
import { connectSoon, standOn } from './stream-socket.ts'

type Connect = typeof http2.connect
type Options = ClientSessionOptions | SecureClientSessionOptions

/**
 * Hangs the door of `http2.connect`. A session of HTTP/2 reads from a native handle, and must be given a socket that is inside
 * this process from its beginning.
 */
export function hangHttp2(): void {
  hang('http2.connect', http2, 'connect', (real) => {
    const connect = (
      authority: string | URL,
      given?: Options | (() => void),
      listener?: () => void,
    ): ClientHttp2Session => {
      const options = typeof given === 'object' ? given : undefined
      const createConnection = options?.createConnection
        ? standingOn(options.createConnection)
        : connectionTo(destinationOf(authority))
      if (!createConnection) return Reflect.apply(real, http2, [authority, given, listener]) as ClientHttp2Session
      const connected = typeof given === 'function' ? given : listener
      return Reflect.apply(real, http2, [authority, { ...options, createConnection }, connected]) as ClientHttp2Session
    }
    return connect as Connect
  })
}

type CreateConnection = NonNullable<Options['createConnection']>

/** The connection that a program makes itself, which may lead inside too. */
const standingOn =
  (create: CreateConnection): CreateConnection =>
  (...given) => {
    const made: unknown = Reflect.apply(create, given[1], given)
    return made instanceof Socket && leadsInside(made) ? standOn(made) : (made as Socket)
  }

function connectionTo(destination: Destination | undefined): CreateConnection | undefined {
  if (!destination || (behind.network?.judge(destination) ?? 'pass') === 'pass') return undefined
  return () => {
    const socket = new Socket()
    moveInside(socket as SocketInside, destination)
    if (destination.secure)
      Object.assign(socket, { encrypted: true, authorized: true, alpnProtocol: 'h2', servername: destination.host })
    connectSoon(socket)
    return standOn(socket)
  }
}

function destinationOf(authority: string | URL): Destination | undefined {
  const url = typeof authority === 'string' ? URL.parse(authority) : authority
  if (!url) return undefined
  const secure = url.protocol !== 'http:'
  return { host: url.hostname || url.host || 'localhost', port: Number(url.port || (secure ? 443 : 80)), secure }
}
