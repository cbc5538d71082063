import { randomBytes } from 'node:crypto'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import type { WebSocket } from 'ws'
import { ws } from '../packages/index.ts'
import { MAX_LINE } from './protocol.ts'

/** Pages that may connect. Source: the KSI daemon's bridge. */
const ORIGINS: readonly string[] = ['http://localhost:8080', 'http://localhost:3000', 'file://']
/** WebSocket close codes: policy violation, and service restart. */
const REFUSED = 1008
const DAEMON_GONE = 1012
/** What a client has not read; above it the daemon is not read for this client. Bytes. */
const MOST_UNREAD = 4 * MAX_LINE

/** Where the bridge listens. */
export interface BridgeOptions {
  /** The daemon's socket. */
  socket: string
  /** Default 8765. */
  port?: number
  /** Default 127.0.0.1: nobody outside this machine. */
  host?: string
  /** Pages that may connect, beside programs that send no Origin. */
  origins?: readonly string[]
}

/** A running bridge. */
export interface Bridge {
  url: string
  close(): Promise<void>
}

/**
 * Lets WebSocket clients talk to the daemon: requests go on as they are, answers and events come back. Each client has a connection of its
 * own to the daemon.
 */
export async function startBridge({
  socket,
  port = 8_765,
  host = '127.0.0.1',
  origins = ORIGINS,
}: BridgeOptions): Promise<Bridge> {
  const server = new (ws().WebSocketServer)({ port, host, maxPayload: MAX_LINE })
  await new Promise<void>((resolve, reject) => {
    server.once('listening', resolve)
    server.once('error', reject)
  })
  server.on('connection', (client, { headers: { origin } }) => {
    client.on('error', () => client.terminate())
    if (origin !== undefined && !origins.includes(origin)) client.close(REFUSED, 'This origin may not connect.')
    else relay(client, socket)
  })
  const { port: bound } = server.address() as AddressInfo
  return {
    url: `ws://${host}:${bound}`,
    close: () =>
      new Promise((resolve) => {
        for (const client of server.clients) client.terminate()
        server.close(() => resolve())
      }),
  }
}

/** How long a client waits for a daemon before it is looked for again. Milliseconds. */
const LOOK_EVERY_MS = 1_000

/** Joins a client to the daemon. Without one the client stays, is told so, and is joined when there is one. */
function relay(client: WebSocket, path: string): void {
  const tell = (event: string, data: object): void => client.send(JSON.stringify({ event, data }))
  const noDaemon = (): void => tell('bridge:error', { error: `No daemon answers at ${path}.` })
  let daemon: Socket | undefined
  let looking: NodeJS.Timeout | undefined
  let isTold = false
  const look = (): void => {
    const socket = connect(path)
    socket.on('error', () => {
      if (daemon) return
      if (!isTold) noDaemon()
      isTold = true
      looking = setTimeout(look, LOOK_EVERY_MS)
    })
    socket.on('connect', () => {
      daemon = socket
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
    if (!daemon) return noDaemon()
    // A request is a line, whatever lines it was written on.
    daemon.write(`${(data as Buffer).toString('utf8').replaceAll(/[\r\n]+/g, ' ')}\n`)
  })
  look()
}

/** Hands on what the daemon says, as fast as the client reads. */
function carry(client: WebSocket, daemon: Socket): void {
  const lines = createInterface(daemon)
  lines.on('error', () => {})
  daemon.on('close', () => client.close(DAEMON_GONE, 'The daemon is gone.'))
  lines.on('line', (line) => {
    client.send(renamed(line), () => {
      if (client.bufferedAmount < MOST_UNREAD) daemon.resume()
    })
    if (client.bufferedAmount > MOST_UNREAD) daemon.pause()
  })
}

/** Events that are pushed have an `event_name`, which WebSocket clients know as `event`. */
function renamed(line: string): string {
  const said = JSON.parse(line) as { event_name?: string }
  if (said.event_name === undefined) return line
  const { event_name: event, ...rest } = said
  return JSON.stringify({ event, ...rest })
}
