import http2, { type ClientHttp2Session, type ClientSessionOptions, type SecureClientSessionOptions } from 'node:http2'
import { Socket } from 'node:net'
import type { Destination } from './behind.ts'
import { hang } from './door.ts'
import type { SocketInside } from './memory-handle.ts'
import { moveInside } from './sockets.ts'
import { behind } from './stand.ts'
import { connectsSoon } from './stream-socket.ts'

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
      const destination = options?.createConnection ? undefined : destinationOf(authority)
      if (!destination || (behind.network?.judge(destination) ?? 'pass') === 'pass')
        return Reflect.apply(real, http2, [authority, given, listener]) as ClientHttp2Session
      const createConnection = (): Socket => {
        const socket = new Socket()
        moveInside(socket as SocketInside, destination)
        return connectsSoon(socket, destination.secure ? destination.host : undefined)
      }
      const connected = typeof given === 'function' ? given : listener
      return Reflect.apply(real, http2, [authority, { ...options, createConnection }, connected]) as ClientHttp2Session
    }
    return connect as Connect
  })
}

function destinationOf(authority: string | URL): Destination | undefined {
  const url = typeof authority === 'string' ? URL.parse(authority) : authority
  if (!url) return undefined
  const secure = url.protocol !== 'http:'
  return { host: url.hostname || url.host || 'localhost', port: Number(url.port || (secure ? 443 : 80)), secure }
}
