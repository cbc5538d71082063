import type { RequestListener, Server } from 'node:http'
import { createServer as createHttp2Server, type ServerHttp2Session } from 'node:http2'
import type { Socket } from 'node:net'

/** The first words of a client that speaks HTTP/2 without asking, as the SDK of AWS for Bedrock does. */
const PREFACE = 'PRI * HTTP/2'

/** What a server of HTTP/1.1 does not know of itself: sessions of HTTP/2, and connections on which nothing was said so far. */
export interface Http2Side {
  /** Ends sessions when their requests are answered. */
  closeIdle(): void
  closeAll(): void
}

/** Lets a server of HTTP/1.1 answer HTTP/2 at the same port too. */
export function alsoHttp2(server: Server, listener: RequestListener): Http2Side {
  const receive = server.listeners('connection') as ((socket: Socket) => void)[]
  const silent = new Set<Socket>()
  const sessions = new Set<ServerHttp2Session>()
  const http2 = createHttp2Server()
  http2.on('request', listener as never)
  http2.on('session', (session) => {
    sessions.add(session)
    session.once('close', () => sessions.delete(session))
  })
  server.removeAllListeners('connection')
  server.on('connection', (socket: Socket) => {
    const forget = (): void => void silent.delete(socket)
    const leave = (): void => void socket.destroy()
    silent.add(socket)
    socket.once('close', forget)
    socket.once('error', leave)
    socket.once('data', (first: Buffer) => {
      forget()
      socket.off('close', forget)
      socket.off('error', leave)
      socket.pause()
      socket.unshift(first)
      // HTTP/2 reads from the handle itself, and what was read before.
      if (first.toString('latin1', 0, PREFACE.length) === PREFACE) return void http2.emit('connection', socket)
      for (const each of receive) each.call(server, socket)
      socket.resume()
    })
  })
  const closeSilent = (): void => {
    for (const socket of silent) socket.destroy()
  }
  return {
    closeIdle() {
      closeSilent()
      for (const session of sessions) session.close()
    },
    closeAll() {
      closeSilent()
      for (const session of sessions) session.destroy()
    },
  }
}
