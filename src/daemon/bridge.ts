import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import type { WebSocket } from 'ws'
import { native } from '../doors/index.ts'
import { ws } from '../packages/index.ts'
import { readForPage } from './page-requests.ts'
import { mayBeOurs } from './peer.ts'
import { MAX_LINE } from './protocol.ts'
import { hasToken, newToken } from './token.ts'

/** Pages that may connect. Source: the KSI daemon's bridge. */
const ORIGINS: readonly string[] = ['http://localhost:8080', 'http://localhost:3000', 'file://']
/** WebSocket close codes: policy violation, service restart, and try again later. */
const REFUSED = 1008
const DAEMON_GONE = 1012
const FULL = 1013
/** What a client has not read; above it the daemon is not read for this client. Bytes. */
const MAX_UNREAD = 4 * MAX_LINE
const MAX_CLIENTS = 100
/** Connections that have not said yet what they want, beside the clients. */
const MAX_CONNECTIONS = 2 * MAX_CLIENTS
/** How long a request to connect may take to come. Real milliseconds. */
const HANDSHAKE_MS = 5_000
/** Clients that do not answer a ping until the next one are gone. Real milliseconds. */
const PING_EVERY_MS = 30_000

/** Where the bridge listens. */
export interface BridgeOptions {
  /** The daemon's socket. */
  socket: string
  /** Default 8765. */
  port?: number
  /** Default 127.0.0.1: nobody outside this machine. */
  host?: string
  /** Pages that may look, beside clients that have the token. */
  origins?: readonly string[]
  /** Who has it may do all that the daemon's owner may. Default: a new one. */
  token?: string
}

/** A running bridge. */
export interface Bridge {
  url: string
  token: string
  close(): Promise<void>
}

/** What a client may do: all, or look, as pages do. */
type Rights = 'all' | 'look'

/**
 * Lets WebSocket clients talk to the daemon: requests go on as they are, answers and events come back. Each client has a connection of its
 * own to the daemon. A client that has the token may do all; a page of a known origin, of this process's own user, may look.
 */
export async function startBridge({
  socket,
  port = 8_765,
  host = '127.0.0.1',
  origins = ORIGINS,
  token = newToken(),
}: BridgeOptions): Promise<Bridge> {
  const http = createServer((_, response) =>
    response.writeHead(426).end('This address serves WebSocket connections only.\n'),
  )
  http.maxConnections = MAX_CONNECTIONS
  http.headersTimeout = HANDSHAKE_MS
  http.requestTimeout = HANDSHAKE_MS
  const server = new (ws().WebSocketServer)({ server: http, maxPayload: MAX_LINE })
  // What goes wrong while it listens is told by `listen`; it is handed on to the other one too.
  server.on('error', () => {})
  http.listen(port, host)
  await once(http, 'listening')
  http.on('error', () => {})
  const { port: bound } = http.address() as AddressInfo
  const rightsOf = ({ headers, url = '', socket: { remotePort } }: IncomingMessage): Rights | undefined => {
    const { origin, 'sec-websocket-protocol': protocols = '' } = headers
    if (origin !== undefined && !origins.includes(origin)) return undefined
    const inQuery = new URLSearchParams(url.split('?')[1]).getAll('token')
    if (hasToken([...inQuery, ...protocols.split(',').map((each) => each.trim())], token)) return 'all'
    if (origin === undefined || remotePort === undefined) return undefined
    return mayBeOurs({ theirPort: remotePort, ourPort: bound }) ? 'look' : undefined
  }
  server.on('connection', (client, request) => {
    client.on('error', () => client.terminate())
    const rights = rightsOf(request)
    if (!rights) client.close(REFUSED, 'This event needs the token that longhaul bridge prints, or a known origin.')
    else if (server.clients.size > MAX_CLIENTS)
      client.close(FULL, `${MAX_CLIENTS} clients are connected, which is the limit. Connect again later.`)
    else {
      keepAlive(client)
      relay(client, socket, rights)
    }
  })
  return {
    url: `ws://${host}:${bound}`,
    token,
    close: () =>
      new Promise((resolve) => {
        for (const client of server.clients) client.terminate()
        server.close()
        http.close(() => resolve())
        http.closeAllConnections()
      }),
  }
}

/** Ends a client that is gone without a word, or has stopped reading. */
function keepAlive(client: WebSocket): void {
  let isAlive = true
  client.on('pong', () => (isAlive = true))
  const timer = native
    .setTimeout(function look(this: NodeJS.Timeout) {
      if (!isAlive) return client.terminate()
      isAlive = false
      client.ping()
      timer.refresh()
    }, PING_EVERY_MS)
    .unref()
  client.on('close', () => native.clearTimeout(timer))
}

/** How long a client waits for a daemon before it is looked for again. Milliseconds. */
const LOOK_EVERY_MS = 1_000

/** Joins a client to the daemon. Without one the client stays, is told so, and is joined when there is one. */
function relay(client: WebSocket, path: string, rights: Rights): void {
  const say = (text: string): void => {
    // A client that does not read what it has asked for is not asked further.
    client.send(text, () => mayRead())
    mayRead()
  }
  const tell = (event: string, data: object): void => say(JSON.stringify({ event, data }))
  const noDaemon = (): void => tell('bridge:error', { error: `No daemon answers at ${path}.` })
  /** The client is read as fast as the daemon, and it itself, take what comes of it; not before it is known whether there is one. */
  const mayRead = (): void => {
    const isFull = !isLookedFor || client.bufferedAmount > MAX_UNREAD || (daemon?.writableNeedDrain ?? false)
    if (isFull) client.pause()
    else client.resume()
  }
  let daemon: Socket | undefined
  let looking: NodeJS.Timeout | undefined
  let isLookedFor = false
  let isTold = false
  const look = (): void => {
    const socket = connect(path)
    socket.on('error', () => {
      if (daemon) return
      isLookedFor = true
      if (!isTold) noDaemon()
      isTold = true
      looking = setTimeout(look, LOOK_EVERY_MS)
    })
    socket.on('connect', () => {
      daemon = socket
      isLookedFor = true
      socket.on('drain', mayRead)
      carry(client, socket)
      tell('bridge:connected', {
        message: 'Connected to the longhaul daemon.',
        suggested_client_id: `web_${randomBytes(4).toString('hex')}`,
      })
    })
  }
  client.on('close', () => {
    clearTimeout(looking)
    daemon?.destroy()
  })
  client.on('message', (data) => {
    const text = (data as Buffer).toString('utf8')
    if (rights === 'look') {
      const read = readForPage(text)
      if (read.refused) return say(read.refused)
    }
    if (!daemon) return noDaemon()
    // A request is a line, whatever lines it was written on.
    daemon.write(`${text.replaceAll(/[\r\n]+/g, ' ')}\n`)
    mayRead()
  })
  mayRead()
  look()
}

/** Hands on what the daemon says, as fast as the client reads. */
function carry(client: WebSocket, daemon: Socket): void {
  const lines = createInterface(daemon)
  lines.on('error', () => {})
  daemon.on('close', () => client.close(DAEMON_GONE, 'The daemon closed the connection.'))
  lines.on('line', (line) => {
    client.send(renamed(line), () => {
      if (client.bufferedAmount < MAX_UNREAD) daemon.resume()
    })
    if (client.bufferedAmount > MAX_UNREAD) daemon.pause()
  })
}

/** Events that are pushed have an `event_name`, which WebSocket clients know as `event`. */
function renamed(line: string): string {
  let said: { event_name?: string }
  try {
    said = JSON.parse(line) as { event_name?: string }
  } catch {
    return line
  }
  if (said.event_name === undefined) return line
  const { event_name: event, ...rest } = said
  return JSON.stringify({ event, ...rest })
}
