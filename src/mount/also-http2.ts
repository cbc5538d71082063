import type { RequestListener, Server } from 'node:http'
import { createServer as createHttp2Server, type ServerHttp2Session } from 'node:http2'
import type { Socket } from 'node:net'

/** The first words of a client that speaks HTTP/2 without asking, as the SDK of AWS for Bedrock does. */
const PREFACE = 'PRI * HTTP/2'

/**
 * Lets a server of HTTP/1.1 answer HTTP/2 at the same port too.
 *
 * @returns ends what is said in HTTP/2, and the connections on which nothing was said so far
 */
export function alsoHttp2(server: Server, listener: RequestListener): () => void {
  const receive = server.listeners('connection') as ((socket: Socket) => void)[]
  const open = new Set<Socket | ServerHttp2Session>()
  const http2 = createHttp2Server()
  http2.on('request', listener as never)
  http2.on('session', (session) => {
    open.add(session)
    session.once('close', () => open.delete(session))
  })
  server.removeAllListeners('connection')
  server.on('connection', (socket: Socket) => {
    const forget = (): void => void open.delete(socket)
    const leave = (): void => void socket.destroy()
    open.add(socket)
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
  return () => {
    for (const each of open) each.destroy()
  }
}
