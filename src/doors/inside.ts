import type { AsyncResource } from 'node:async_hooks'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createHttp2Server, type Http2Server } from 'node:http2'
import { isIP, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Destination, Verdict } from './behind.ts'
import { Http2Frames } from './frames.ts'
import { join, MemoryHandle, type Ends } from './memory-handle.ts'
import { shared } from './realm.ts'
import { socksMessage, type SocksMessage } from './socks.ts'
import { behind } from './stand.ts'
import { asksForWebSocket, withoutOffer } from './web-socket.ts'

/** The side of a connection that is answered here. */
interface Inside {
  destination: Destination
  handle: MemoryHandle
  /** Whether a request is being answered. */
  busy: boolean
}

/** Errors with which connections were refused. */
const refusals = shared('inside.refusals', () => new WeakSet<object>())
const insides = shared('inside.connections', () => new Map<Socket, Inside>())
let servers: { http: Server; http2: Http2Server } | undefined

/** Turns of the event loop after which a client that has sent nothing waits for the other side to speak first. */
const TURNS_TO_SPEAK = 8
const CONNECTION = { method: 'CONNECT', path: '' }

/** Connects a handle to the services of this process, in place of the destination. */
export function connectInside(client: MemoryHandle, { local, remote }: Ends, destination: Destination): void {
  const handle = new MemoryHandle({ local: remote, remote: local })
  join(client, handle)
  const socket = new Socket({ handle, manualStart: true } as object)
  socket.on('error', () => {})
  insides.set(socket, { destination, handle, busy: false })
  socket.once('close', () => insides.delete(socket))
  receive(socket)
}

/** Who has written what has just come over a connection that is answered in this process. */
export const writerOf = (socket: Duplex): AsyncResource | undefined => insides.get(socket as Socket)?.handle.from

/**
 * Lets the client of a connection that is answered in this process see, when the connection is reset, that it was never made. A
 * connection from elsewhere is none of these, and is reset as it is.
 *
 * @param error what the client gets, for where it wanted to connect to
 */
export function failConnecting(socket: Duplex, error: (target: { host: string; port: number }) => Error): void {
  const inside = insides.get(socket as Socket)
  if (!inside) return
  const { host, port, secure: isSecure } = inside.destination
  inside.handle.breaksBy = error({ host, port: port ?? (isSecure ? 443 : 80) })
}

/** Ends connections on which nothing is asked, so that pools let go of them: they must not outlive the run that they belong to. */
export function hangUp(): void {
  for (const [socket, { busy }] of insides) if (!busy) socket.end()
}

/** Whether an error says that a connection was refused here. */
export const isRefusal = (error: unknown): boolean => typeof error === 'object' && error !== null && refusals.has(error)

/** Finds out by its first bytes what a connection speaks. */
function receive(socket: Socket): void {
  let turns = 0
  const listen = (): void => {
    turns += 1
    if (socket.destroyed || insides.get(socket)!.handle.bytesRead > 0) return
    if (turns < TURNS_TO_SPEAK) setImmediate(listen)
    else if (judged(socket) !== 'answer') refuse(socket, insides.get(socket)!.destination, CONNECTION)
  }
  socket.once('data', (first: Buffer) => {
    const socks = socksMessage(first)
    if (socks) return throughSocks(socket, socks)
    socket.pause()
    socket.unshift(first)
    const words = first.toString('latin1', 0, 24)
    if (words.startsWith('PRI * HTTP/2')) {
      insides.get(socket)!.handle.frames = new Http2Frames()
      open().http2.emit('connection', socket)
    } else if (/^[A-Z-]+ /.test(words)) open().http.emit('connection', socket)
    else return refuse(socket, insides.get(socket)!.destination, CONNECTION)
    socket.resume()
  })
  socket.resume()
  setImmediate(listen)
}

const judged = (socket: Socket): Verdict | undefined => behind.network?.judge(insides.get(socket)!.destination)

/** What was found out of a connection: the bytes on it are encrypted, as they would be if they left this process. */
export function secure(client: MemoryHandle): void {
  const inside = insides.get(client.peer.owner)
  if (inside) inside.destination = { ...inside.destination, secure: true }
}

/** Servers that listen nowhere: connections are handed to them. They set no limits of time, the client does. */
function open(): NonNullable<typeof servers> {
  if (servers) return servers
  const http = createServer({ keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 }, serve)
  http.on('connect', (request: IncomingMessage, stream: Socket, head: Buffer) => tunnel(request, stream, head))
  http.on('upgrade', (request: IncomingMessage, stream: Socket, head: Buffer) => upgrade(request, stream, head))
  http.on('clientError', (_error: Error, stream: Socket) => {
    if (insides.has(stream)) refuse(stream, insides.get(stream)!.destination, CONNECTION)
  })
  const http2 = createHttp2Server()
  http2.on('request', serve as never)
  servers = { http, http2 }
  return servers
}

/** As below, in the words of SOCKS. */
function throughSocks(socket: Socket, { destination, reply }: SocksMessage): void {
  socket.write(reply)
  goOn(socket, destination)
}

/** What comes next on a connection is another conversation. */
function goOn(socket: Socket, destination: Destination | undefined): void {
  const inside = insides.get(socket)
  if (!inside) return
  if (destination) inside.destination = destination
  inside.busy = false
  inside.handle.bytesRead = 0
  receive(socket)
}

/** A proxy is asked for a way to somewhere: what comes next on the connection is judged by that. */
function tunnel(request: IncomingMessage, socket: Socket, head: Buffer): void {
  const target = URL.parse(`http://${request.url}`)
  if (!target) return void socket.destroy()
  socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
  if (head.length > 0) socket.unshift(head)
  goOn(socket, { host: target.hostname, port: Number(target.port || 80), secure: false })
}

/** Where a request goes by its own words: an absolute URL, as proxies get it, or a name where the connection has an address. */
function destinationOf(request: IncomingMessage, destination: Destination): Destination {
  const { url = '', headers } = request
  const absolute = /^https?:\/\//i.test(url) ? URL.parse(url) : null
  if (absolute) {
    const secure = absolute.protocol === 'https:'
    return { host: absolute.hostname, port: Number(absolute.port || (secure ? 443 : 80)), secure }
  }
  const named = isIP(destination.host) && headers.host ? URL.parse(`http://${headers.host}`) : null
  return named ? { ...destination, host: named.hostname } : destination
}

/** Where a request goes that a simulated service answers; any other one is refused. */
function admitted(request: IncomingMessage, socket: Socket) {
  const inside = insides.get(socket)
  const { network } = behind
  if (!inside || !network) return void socket.resetAndDestroy()
  const destination = destinationOf(request, inside.destination)
  const path = URL.parse(request.url ?? '', 'http://host')?.pathname ?? ''
  if (network.judge(destination, path) === 'answer') return { inside, network, destination }
  return refuse(socket, destination, { method: request.method ?? 'GET', path })
}

/** What comes next on a connection is another protocol. */
function upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
  if (!asksForWebSocket(request)) {
    socket.unshift(withoutOffer(request, head))
    return goOn(socket, undefined)
  }
  const found = admitted(request, socket)
  if (!found) return
  const { inside, network, destination } = found
  const { writer } = inside.handle.peer
  const answer = () => network.upgrade(request, socket, head, destination)
  if (writer) writer.runInAsyncScope(answer)
  else answer()
}

function serve(request: IncomingMessage, response: ServerResponse): void {
  const stream = request.socket as Socket & { stream?: Socket }
  const socket = insides.has(stream) ? stream : (stream.stream ?? stream)
  const found = admitted(request, socket)
  if (!found) return
  const { inside, network, destination } = found
  inside.busy = true
  // The next request on a connection to a proxy may be for a host that the proxy has to reach.
  if (destination !== inside.destination && request.httpVersionMajor === 1) response.setHeader('connection', 'close')
  response.once('close', () => (inside.busy = false))
  const client = inside.handle.peer
  const answer = () => network.serve(request, response, destination)
  client.leaves = client.writer ? client.writer.runInAsyncScope(answer) : answer()
}

function refuse(socket: Socket, destination: Destination, what: { method: string; path: string }): void {
  const { handle } = insides.get(socket)!
  const error = behind.network?.refuse(destination, what)
  if (!error) return void socket.resetAndDestroy()
  refusals.add(error)
  const client = handle.peer.above ?? handle.peer.owner
  client.destroy(error)
  socket.destroy()
}
