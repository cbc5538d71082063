import { AsyncResource } from 'node:async_hooks'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { constants, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import { parseDuration, type Duration } from '../clock/index.ts'
import { asksForWebSocket, failConnecting, withoutOffer } from '../doors/index.ts'
import type { ConnectionFailure, Provider } from '../provider/index.ts'
import { matchStart, SERVICES, type Chunk, type ResponseHead, type Service } from '../wire/index.ts'
import { alsoHttp2 } from './also-http2.ts'
import { answer, MAX_BODY } from './answer.ts'
import { connectionError } from './connection-errors.ts'
import { allowPages, answerBeside, decoded, type ServedMetrics } from './edge.ts'
import { mayAnswer } from './hosts.ts'
import { answerLive } from './live.ts'
import { keepAlive } from './keep-alive.ts'
import { guarded, onBehalfOf } from './last-resort.ts'
import type { Mount } from './mount.ts'
import { hasOwnTime } from './own-time.ts'
import { segmentsOf } from './place.ts'
import { routeBelow, serviceOf, type Address, type Route } from './routes.ts'
import type { Exchange, Sink } from './sink.ts'

/** Options of a server. */
export interface ServerOptions {
  /** The port. Default: any free port. */
  port?: number
  /** The address to listen on. Default 127.0.0.1, which other machines cannot reach. */
  host?: string
  /** Receives unexpected errors. */
  log?: (text: string) => void
  /**
   * How many times as fast as the clocks of its clients the clock of the provider runs. Times in headers, such as
   * `retry-after`, are in the time of the clients. Default 1.
   */
  pace?: number
  /** The metrics for Prometheus at `/metrics`. Default: none. */
  metrics?: ServedMetrics
}

/** A running server. */
export interface ServerMount extends Mount {
  /** The URL of the server, such as `http://127.0.0.1:4010`. */
  url: string
  /** The base URLs to give to clients, by service. */
  baseURLs: Readonly<Record<string, string>> & { openai: string; anthropic: string }
  /**
   * Accepts no more connections, and closes the server.
   *
   * @param grace how long requests that are being answered may take to their end, before they are cut off. Default 0
   */
  close(grace?: Duration): Promise<void>
}

/** The path of a service's base URL, as a part of a longer one: `/v1`, or nothing. */
const basePath = ({ baseURL }: Service): string => new URL(baseURL).pathname.replace(/\/$/, '')

/** Routes that are remembered: most programs ask at a few paths, again and again. */
const REMEMBERED_ROUTES = 200

/** Finds the routes of one server, and remembers them. */
function routesOf(provider: Provider) {
  const known = new Map<string, Route>()
  return (method: string, url: string, host: string): Route | undefined => {
    const key = `${method} ${host} ${url}`
    const before = known.get(key)
    if (before) return before
    const route = routeOfPath(provider, method, url, host)
    if (known.size >= REMEMBERED_ROUTES) known.clear()
    if (route) known.set(key, route)
    return route
  }
}

/** `/openai/v1/chat/completions`: the first part of the path is the service, the rest as at the real one. */
function routeOfPath(provider: Provider, method: string, url: string, host: string): Route | undefined {
  const { pathname: path, searchParams: query } =
    URL.parse(url.startsWith('/') ? `http://host${url}` : url) ?? new URL('http://host')
  const [name = '', ...rest] = segmentsOf(path)
  const own = Object.hasOwn(provider.config.services ?? {}, name) ? provider.config.services![name] : undefined
  if (!own && !SERVICES.some((service) => service.name === name)) return undefined
  const service = serviceOf(name, own?.format)
  const bases = (service.bases ?? [basePath(service)]).map(segmentsOf)
  const address: Address = {
    provider: name,
    baseURL: `http://${host}/${name}${basePath(service)}`,
    service,
    bases: bases.map((base) => [name, ...base]),
    isAt: () => true,
    own: true,
    strict: service.strict ?? true,
  }
  const below = bases.map((base) => matchStart(base, rest)).find((found) => found !== undefined)
  const route = routeBelow(address, method, below?.rest ?? ['', ...rest], { host, path, query })
  return below ? route : { ...route, isNowhere: false }
}

/**
 * Serves the provider over HTTP/1.1, and over HTTP/2 for clients with prior knowledge, for other processes and
 * languages.
 *
 * @throws the error of `listen`, such as EADDRINUSE
 * @example
 * ```ts
 * const server = await startServer(provider)
 * const client = new OpenAI({ apiKey: 'test', baseURL: server.baseURLs.openai })
 * ```
 */
export async function startServer(
  provider: Provider,
  { port = 0, host = '127.0.0.1', log = () => {}, pace = 1, metrics }: ServerOptions = {},
): Promise<ServerMount> {
  const routes = routesOf(provider)
  let answered: string | undefined
  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    const { host: named, ':authority': authority } = request.headers
    const asked = named ?? (authority as string | undefined)
    // Nearly all ask for the same host as the one before.
    if (asked !== answered && !mayAnswer(asked, host)) return refuseHost(request, response)
    answered = asked
    onBehalfOf(response, () =>
      guarded(response, () => receive(provider, request, response, { pace, metrics, routes }), log),
    )
  }
  const server = createServer(serve)
  const http2 = alsoHttp2(server, serve)
  const live = new Set<Duplex>()
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (!asksForWebSocket(request)) {
      socket.unshift(withoutOffer(request, head))
      return void server.emit('connection', socket)
    }
    live.add(socket)
    socket.once('close', () => live.delete(socket))
    socket.on('error', () => {})
    const { host: named = '', origin } = request.headers
    // No browser asks whether a page of elsewhere may read what comes over a WebSocket.
    const page = origin === undefined ? undefined : URL.parse(origin)?.host
    const route =
      mayAnswer(named, host) && (page === undefined || mayAnswer(page, host))
        ? routes('GET', request.url ?? '/', named || 'localhost')
        : undefined
    if (!route) return void socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n')
    try {
      const onOpen = (client: WebSocket): void => {
        const text = 'A client of a WebSocket did not answer a ping: longhaul closed the connection.'
        keepAlive(client, () => provider.trace.append({ type: 'note', text }))
      }
      answerLive(provider, route, request, socket, head, { pace, onOpen })
    } catch (error) {
      log(`longhaul could not open a WebSocket: ${String((error as Error)?.stack ?? error)}`)
      socket.destroy()
    }
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const { port: bound } = server.address() as AddressInfo
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${bound}`
  return {
    url,
    baseURLs: Object.fromEntries(
      SERVICES.map((service) => [service.name, `${url}/${service.name}${basePath(service)}`]),
    ) as ServerMount['baseURLs'],
    close: (grace = 0) =>
      new Promise((resolve) => {
        const cut = (): void => {
          server.closeAllConnections()
          for (const socket of live) socket.destroy()
          http2.closeAll()
        }
        const timer = parseDuration(grace) > 0 ? setTimeout(cut, parseDuration(grace)) : undefined
        server.close(() => {
          clearTimeout(timer)
          resolve()
        })
        if (timer === undefined) return cut()
        server.closeIdleConnections()
        http2.closeIdle()
      }),
  }
}

/** Sends what comes whole at once, with its length. */
class ResponseSink implements Sink {
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  #pending: ResponseHead | undefined
  #body: Chunk[] = []

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.#request = request
    this.#response = response
  }

  head(head: ResponseHead, streams: boolean): void {
    if (streams) this.#response.writeHead(head.status, head.headers)
    else this.#pending = head
  }

  write(part: Chunk): void {
    if (this.#pending) this.#body.push(part)
    else this.#response.write(part)
  }

  #whole(): Chunk {
    const [only = ''] = this.#body
    if (this.#body.length <= 1) return only
    return this.#body.every((part) => typeof part === 'string')
      ? this.#body.join('')
      : Buffer.concat(this.#body.map((part) => Buffer.from(part)))
  }

  end(): void {
    if (!this.#pending) return void this.#response.end()
    const { status, headers } = this.#pending
    const body = this.#whole()
    if (status === 204) return void this.#response.writeHead(status, headers).end()
    const length = Buffer.byteLength(body)
    headers['content-length'] = String(length)
    this.#response.writeHead(status, headers)
    // Where each character is a byte both encodings write the same, and the shorter one writes it sooner.
    if (typeof body === 'string' && length === body.length) this.#response.end(body, 'latin1')
    else this.#response.end(body)
  }

  reset(connection?: ConnectionFailure): void {
    if (connection) failConnecting(this.#request.socket, (target) => connectionError(connection, target))
    const cut = (): void => cutOff(this.#request, this.#response)
    if (this.#pending) this.#response.writeHead(this.#pending.status, this.#pending.headers).write(this.#whole(), cut)
    else cut()
  }
}

/**
 * Breaks a connection off; of HTTP/2 the stream alone, as others may share the connection: with the code that says that nothing was
 * done, where nothing was, so that clients try again as they do where a connection of HTTP/1.1 is reset.
 */
function cutOff(request: IncomingMessage, response: ServerResponse): void {
  const { stream } = response as { stream?: ServerHttp2Stream }
  if (stream) stream.close(response.headersSent ? constants.NGHTTP2_INTERNAL_ERROR : constants.NGHTTP2_REFUSED_STREAM)
  else request.socket.resetAndDestroy()
}

/** Misdirected Request. Source: RFC 9110. */
const MISDIRECTED = 421

function refuseHost({ headers: { host = '' } }: IncomingMessage, response: ServerResponse): void {
  const text = `This server answers requests to the own names of this machine, such as localhost, and not to ${host.slice(0, 100)}.\n`
  response.writeHead(MISDIRECTED, { 'content-type': 'text/plain', connection: 'close' }).end(text)
}

function receive(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
  { pace, metrics, routes }: { pace: number; metrics: ServedMetrics | undefined; routes: ReturnType<typeof routesOf> },
): void {
  allowPages(request, response)
  if (answerBeside(request, response, metrics)) return
  const { method = 'GET', url = '/' } = request
  const host = request.headers.host ?? (request.headers[':authority'] as string | undefined) ?? 'localhost'
  const route = routes(method, url, host)
  if (!route) {
    const [path = ''] = url.split('?')
    const services = SERVICES.map(({ name }) => `/${name}/…`)
    const message = `No service at ${path}. The services are at ${services.join(', ')}`
    provider.refuse({ host, method, path, status: 404, reason: 'unsimulated', message })
    response.writeHead(404, { 'content-type': 'text/plain' }).end(`${message}\n`)
    return
  }
  serveRoute(provider, route, request, response, { pace, ownTime: hasOwnTime(request.socket) })
}

/** What is known of the clock of a client. */
interface ClientTime {
  /** How many times as fast as the client's clock the provider's one runs. Default 1. */
  pace?: number
  /** Whether it is another clock than the simulated one. */
  ownTime?: boolean
}

/**
 * Answers a request that came by HTTP.
 *
 * @returns what to call when the client has gone away, where that is known before the connection is closed
 */
export function serveRoute(
  provider: Provider,
  route: Route,
  request: IncomingMessage,
  response: ServerResponse,
  { pace = 1, ownTime = false }: ClientTime = {},
): () => void {
  response.sendDate = false
  const { method = 'GET', headers } = request
  const parts: Buffer[] = []
  let size = 0
  let exchange: Exchange | undefined
  request.on('data', (part: Buffer) => {
    size += part.length
    // One byte more than is allowed is enough to refuse the rest.
    if (size <= MAX_BODY + part.length) parts.push(part)
  })
  // The parser of a connection that lives long knows no more who has sent this request. Not `AsyncResource.bind`: each function that it
  // gives has a shape of its own, by which what it holds outlives the request until the next full collection.
  const sender = new AsyncResource('HttpRequest', { requireManualDestroy: true })
  const answerIt = (): void => {
    const body = parts.length === 1 ? parts[0]! : Buffer.concat(parts)
    // What is not compressed as its header says is no JSON either.
    const text = (decoded(body, headers['content-encoding'], MAX_BODY) ?? body).toString('utf8')
    const header = (name: string): string | undefined => {
      const value = headers[name]
      return Array.isArray(value) ? value.join(', ') : value
    }
    exchange = answer(provider, { method, route, text, header, pace, ownTime }, new ResponseSink(request, response))
  }
  request.on('end', () => sender.runInAsyncScope(answerIt))
  const leave = (): void => {
    if (!response.writableFinished) exchange?.disconnect()
  }
  response.on('close', leave)
  response.on('error', () => {})
  return leave
}
