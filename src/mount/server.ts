import { AsyncResource } from 'node:async_hooks'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { constants, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'
import type { Provider } from '../provider/index.ts'
import { SERVICES, type ResponseHead } from '../wire/index.ts'
import { answer, MAX_BODY, type Exchange, type Sink } from './answer.ts'
import type { Mount } from './mount.ts'
import { operationAt, segmentsOf } from './place.ts'
import type { Route } from './routes.ts'

/** Where the server listens. */
export interface ServerOptions {
  /** Default: any free one. */
  port?: number
  /** Default 127.0.0.1: nobody outside this machine. */
  host?: string
}

/** A running server. */
export interface ServerMount extends Mount {
  /** Such as `http://127.0.0.1:4010`. */
  url: string
  /** The base URLs to give to clients, by service. */
  baseURLs: Readonly<Record<keyof typeof SERVICES, string>>
  close(): Promise<void>
}

/** `/openai/v1/chat/completions`: the first part of the path is the service, the rest as at the real one. */
function routeOfPath(path: string, host: string): Route | undefined {
  const [service = '', ...segments] = segmentsOf(path)
  if (!Object.hasOwn(SERVICES, service)) return undefined
  const { baseURL, formats } = SERVICES[service as keyof typeof SERVICES]
  const base = segmentsOf(new URL(baseURL).pathname)
  const rest = base.every((segment, index) => segments[index] === segment) ? segments.slice(base.length) : []
  const address = { baseURL: `http://${host}/${[service, ...base].join('/')}`, formats, strict: true }
  return { provider: service, host, path, address, format: operationAt(rest, formats) }
}

/**
 * The provider as a real HTTP/1.1 server, for other processes and languages.
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
  { port = 0, host = '127.0.0.1' }: ServerOptions = {},
): Promise<ServerMount> {
  const server = createServer((request, response) => receive(provider, request, response))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const { port: bound } = server.address() as AddressInfo
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${bound}`
  return {
    url,
    baseURLs: { openai: `${url}/openai/v1`, anthropic: `${url}/anthropic` },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Sends what comes whole at once, with its length. */
class ResponseSink implements Sink {
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  #pending: ResponseHead | undefined
  #body = ''

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.#request = request
    this.#response = response
  }

  head(head: ResponseHead): void {
    if (head.headers['content-type']?.startsWith('text/event-stream'))
      this.#response.writeHead(head.status, head.headers)
    else this.#pending = head
  }

  write(part: string): void {
    if (this.#pending) this.#body += part
    else this.#response.write(part)
  }

  end(): void {
    if (!this.#pending) return void this.#response.end()
    const { status, headers } = this.#pending
    const length = String(Buffer.byteLength(this.#body))
    this.#response.writeHead(status, { ...headers, 'content-length': length }).end(this.#body)
  }

  reset(): void {
    const cut = (): void => cutOff(this.#request, this.#response)
    if (this.#pending) this.#response.writeHead(this.#pending.status, this.#pending.headers).write(this.#body, cut)
    else cut()
  }
}

/** Breaks a connection off; of HTTP/2 the stream alone, as others may share the connection. */
function cutOff(request: IncomingMessage, response: ServerResponse): void {
  const { stream } = response as { stream?: ServerHttp2Stream }
  if (stream) stream.close(constants.NGHTTP2_INTERNAL_ERROR)
  else request.socket.resetAndDestroy()
}

function receive(provider: Provider, request: IncomingMessage, response: ServerResponse): void {
  const [path = ''] = (request.url ?? '').split('?')
  const { method = 'GET' } = request
  const host = request.headers.host ?? 'localhost'
  const route = routeOfPath(path, host)
  if (!route) {
    const services = Object.keys(SERVICES).map((name) => `/${name}/…`)
    const message = `No service at ${path}. The services are at ${services.join(', ')}`
    provider.refuse({ host, method, path, status: 404, reason: 'unsimulated', message })
    response.writeHead(404, { 'content-type': 'text/plain' }).end(`${message}\n`)
    return
  }
  serveRoute(provider, route, request, response)
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
  // The parser of a connection that lives long knows no more who has sent this request.
  const answerIt = AsyncResource.bind(() => {
    const text = Buffer.concat(parts).toString('utf8')
    const header = (name: string): string | undefined => {
      const value = headers[name]
      return Array.isArray(value) ? value.join(', ') : value
    }
    exchange = answer(provider, { method, route, text, header }, new ResponseSink(request, response))
  })
  request.on('end', answerIt)
  const leave = (): void => {
    if (!response.writableFinished) exchange?.disconnect()
  }
  response.on('close', leave)
  response.on('error', () => {})
  return leave
}
