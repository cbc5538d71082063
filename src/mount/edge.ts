import type { IncomingMessage, ServerResponse } from 'node:http'
import { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib'
import { LOOPBACK, plainHost } from '../doors/index.ts'
import { SERVICES } from '../wire/index.ts'

// What a server does beside answering for its services: pages of browsers, health, bodies that come compressed.

const OWN = new RegExp(`^${LOOPBACK}$`)
/** How long a browser may remember what it was told. Seconds. */
const REMEMBERED_S = 600

/** Lets pages of this machine read answers. Those of elsewhere are answered too, and cannot read it. */
export function allowPages({ headers: { origin } }: IncomingMessage, response: ServerResponse): void {
  const host = origin === undefined ? undefined : URL.parse(origin)?.hostname
  if (host === undefined || !OWN.test(plainHost(host))) return
  response.setHeader('access-control-allow-origin', origin!)
  response.setHeader('access-control-expose-headers', '*')
  response.appendHeader('vary', 'Origin')
}

/** The metrics that a server serves at `/metrics`. */
export interface ServedMetrics {
  /** The metrics in the text format of Prometheus. */
  text(): Promise<string>
  /** The value of the header `content-type`. */
  contentType: string
}

function answerMetrics(metrics: ServedMetrics | undefined, response: ServerResponse): void {
  if (!metrics) {
    response
      .writeHead(501, { 'content-type': 'text/plain' })
      .end('Metrics need the package prom-client. Run npm install prom-client, and restart the server.\n')
    return
  }
  metrics.text().then(
    (text) => response.writeHead(200, { 'content-type': metrics.contentType }).end(text),
    (error: unknown) => response.destroy(error as Error),
  )
}

/** Answers what browsers ask before they ask, whether the server is well, and its metrics; tells whether it was one of these. */
export function answerBeside(request: IncomingMessage, response: ServerResponse, metrics?: ServedMetrics): boolean {
  const { method, url = '/', headers } = request
  if (method === 'OPTIONS') {
    response.writeHead(204, {
      allow: 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS',
      'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS',
      'access-control-allow-headers': headers['access-control-request-headers'] ?? '*',
      'access-control-max-age': String(REMEMBERED_S),
    })
    response.end()
    return true
  }
  const path = url.replace(/\?.*$/, '')
  const isGet = method === 'GET' || method === 'HEAD'
  if (isGet && path === '/metrics') {
    answerMetrics(metrics, response)
    return true
  }
  if (!isGet || !['/', '/health', '/healthz', '/readyz', '/livez'].includes(path)) return false
  const body = JSON.stringify({ status: 'ok', services: SERVICES.map(({ name }) => name) })
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
  response.end(method === 'HEAD' ? undefined : body)
  return true
}

const DECODERS = {
  gzip: gunzipSync,
  'x-gzip': gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
  zstd: zstdDecompressSync,
} as const

/**
 * Reads a body that may be compressed.
 *
 * @param most bytes that it may have when it is whole; of a longer one comes one byte more
 * @returns nothing where it is not what its header says
 */
export function decoded(body: Buffer, encoding: string | undefined, most: number): Buffer | undefined {
  if (encoding === undefined || encoding === 'identity' || body.length === 0) return body
  let plain = body
  for (const name of encoding.toLowerCase().split(',').toReversed()) {
    const known = name.trim() as keyof typeof DECODERS
    if (!Object.hasOwn(DECODERS, known)) return undefined
    const decode = DECODERS[known]
    try {
      plain = decode(plain, { maxOutputLength: most + 1 }) as Buffer
    } catch (error) {
      // Too long: what follows refuses it as such.
      if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return Buffer.alloc(most + 1)
      return undefined
    }
  }
  return plain
}
