import type { Endpoint, WireResponse } from './service.ts'

/** Endpoints that are named where something else was asked for; a service that is many has the same at many paths. */
const MAX_NAMED = 12

/** What was asked for in vain, and where. */
interface Asked {
  method: string
  path: string
  /** The service, as the user calls it. */
  provider: string
  baseURL: string
  /** What is simulated there. */
  endpoints: readonly Endpoint[]
}

/** What to say of a request for something that longhaul lacks. */
export function unsimulatedText({ method, path, provider, baseURL, endpoints }: Asked): string {
  const base = baseURL.replace(/\/+$/, '')
  const generations = endpoints.filter(({ kind }) => kind === 'generation').slice(0, MAX_NAMED)
  const known = generations.map((endpoint) => `${endpoint.method} ${base}${endpoint.path}`)
  const others = endpoints.length - known.length
  if (others > 0) known.push(`and ${others} more, which the page about services lists`)
  return (
    `longhaul does not simulate ${method} ${path} of ${provider}; it simulates ${known.join(', ')}. ` +
    `Check the base URL of the client; if it is right, answer the request with a handler of msw or nock.`
  )
}

/** What to say of a WebSocket that longhaul lacks. */
export function unsimulatedSocketText({ path, provider, baseURL, endpoints }: Omit<Asked, 'method'>): string {
  const base = baseURL.replace(/^http/, 'ws').replace(/\/+$/, '')
  const known = endpoints.filter(({ kind }) => kind === 'live').map((endpoint) => base + endpoint.path)
  const others = known.length === 0 ? 'it simulates none of that service' : `it simulates ${known.join(', ')}`
  return (
    `longhaul does not simulate a WebSocket at ${path} of ${provider}; ${others}. ` +
    `Check the address of the client; if it is right, answer the connection with a handler of msw (ws.link).`
  )
}

/**
 * The answer to a request for something that longhaul lacks. It is no service's own: 501, which official SDKs do not retry with
 * `x-should-retry: false`, and a body in which the SDKs of all services find the message.
 */
export const unsimulatedResponse = (message: string): WireResponse => ({
  status: 501,
  headers: { 'content-type': 'application/json', 'x-should-retry': 'false' },
  body: JSON.stringify({
    type: 'error',
    error: { type: 'longhaul_unsimulated', message, param: null, code: 'LONGHAUL_UNSIMULATED' },
  }),
})
