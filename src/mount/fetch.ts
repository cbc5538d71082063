import type { ConnectionFailure, Provider } from '../provider/index.ts'
import { fetchCause, targetOf } from './connection-errors.ts'
import { readRequest, respond, type Breakage } from './response.ts'
import { routeOf, type Address } from './routes.ts'

/** How long Node's own `fetch` waits for headers, and for the next piece of a body (undici's `headersTimeout`, `bodyTimeout`). */
const NODE_LIMIT = { silenceMs: 300_000 }

const CAUSES: Readonly<Record<Breakage, readonly [name: string, message: string, code: string]>> = {
  unanswered: ['SocketError', 'other side closed', 'UND_ERR_SOCKET'],
  midway: ['SocketError', 'other side closed', 'UND_ERR_SOCKET'],
  'no head': ['HeadersTimeoutError', 'Headers Timeout Error', 'UND_ERR_HEADERS_TIMEOUT'],
  'silent body': ['BodyTimeoutError', 'Body Timeout Error', 'UND_ERR_BODY_TIMEOUT'],
}

/** How Node's own `fetch` fails. */
function failure(url: string, breakage: Breakage, connection: ConnectionFailure | undefined): Error {
  if (connection) return new TypeError('fetch failed', { cause: fetchCause(connection, targetOf(url)) })
  const [name, message, code] = CAUSES[breakage]
  const begun = breakage === 'midway' || breakage === 'silent body'
  return new TypeError(begun ? 'terminated' : 'fetch failed', {
    cause: Object.assign(new Error(message), { name, code }),
  })
}

const urlOf = (input: string | URL | Request): string =>
  typeof input === 'string' ? input : input instanceof URL ? input.href : input.url

/**
 * Answers a request by `fetch` for an operation that is simulated; `undefined` for all others.
 *
 * @param limit how long the client waits in silence. Default: as long as Node's own `fetch`
 */
export function answerFetch(
  provider: Provider,
  addresses: readonly Address[],
  input: string | URL | Request,
  init: RequestInit | undefined,
  limit = NODE_LIMIT,
): Promise<Response> | undefined {
  const url = urlOf(input)
  const simple = typeof input !== 'object' || input instanceof URL
  const method = (init?.method ?? (simple ? 'GET' : input.method)).toUpperCase()
  const route = routeOf(method, url, addresses)
  if (!route?.endpoint) return undefined
  const text = init?.body ?? ''
  const broken = (breakage: Breakage, connection?: ConnectionFailure): Error => failure(url, breakage, connection)
  if (!simple || typeof text !== 'string')
    return readRequest(input, init).then((request) => respond(provider, route, request, broken, limit))
  const headers = init?.headers instanceof Headers ? init.headers : new Headers(init?.headers)
  const request = { url, method, headers, text, signal: init?.signal ?? undefined }
  return respond(provider, route, request, broken, limit)
}
