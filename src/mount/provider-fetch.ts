import type { Provider } from '../provider/index.ts'
import { readRequest, respond, type BreakPlace } from './response.ts'
import { addressesOf, routeOf, UnmountedProviderError } from './routes.ts'

function connectionClosed(place: BreakPlace): Error {
  const cause = Object.assign(new Error('other side closed'), { name: 'SocketError', code: 'UND_ERR_SOCKET' })
  return place === 'midway' ? cause : new TypeError('fetch failed', { cause })
}

/**
 * A `fetch` that the provider answers within this process, for clients that are given one: no global is replaced, no socket opened, and
 * nothing but the provider can be reached by it.
 */
export function fetchOf(provider: Provider): typeof fetch {
  const addresses = addressesOf(provider)
  return async (input, init) => {
    const request = await readRequest(new Request(input, init))
    const route = routeOf(request.url, addresses)
    if (!route) throw new UnmountedProviderError(request.url)
    return respond(provider, route, request, connectionClosed)
  }
}
