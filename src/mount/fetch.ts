import { replaceProperties, restoreAll, type Restore } from '../doors/index.ts'
import type { Provider } from '../provider/index.ts'
import type { Mount } from './mount.ts'
import { readRequest, respond, type BreakPlace } from './response.ts'
import { addressesOf, isProviderHost, routeOf, UnmountedProviderError } from './routes.ts'
import { guardSockets } from './socket-guard.ts'
import { redirectNativeFetch } from './undici.ts'

/** What undici calls a connection that breaks. */
function connectionClosed(place: BreakPlace): Error {
  const cause = Object.assign(new Error('other side closed'), { name: 'SocketError', code: 'UND_ERR_SOCKET' })
  return place === 'midway' ? cause : new TypeError('fetch failed', { cause })
}

const urlOf = (input: string | URL | Request): string =>
  typeof input === 'string' ? input : input instanceof URL ? input.href : input.url

/**
 * The provider behind the global `fetch`: its own URLs and the configured ones are answered, everything else passes through.
 * Clients that took `fetch` aside earlier are stopped before they reach a real provider.
 */
export function mountFetch(provider: Provider): Mount {
  const addresses = addressesOf(provider)
  const passOn = globalThis.fetch
  const restores: Restore[] = []

  const simulated: typeof fetch = async (input, init) => {
    const url = urlOf(input)
    const route = routeOf(url, addresses)
    if (!route) {
      const { hostname } = new URL(url)
      if (isProviderHost(hostname)) throw new UnmountedProviderError(url)
      return passOn(input, init)
    }
    const simple = typeof input !== 'object' || input instanceof URL
    const text = init?.body ?? ''
    const request =
      simple && typeof text === 'string'
        ? {
            url,
            method: init?.method?.toUpperCase() ?? 'GET',
            headers: init?.headers instanceof Headers ? init.headers : new Headers(init?.headers),
            text,
            signal: init?.signal ?? undefined,
          }
        : await readRequest(new Request(input, init))
    return respond(provider, route, request, connectionClosed)
  }
  restores.push(
    replaceProperties(globalThis, { fetch: simulated }),
    guardSockets(),
    redirectNativeFetch(addresses, simulated),
  )
  return { close: () => restoreAll(restores) }
}
