/**
 * `longhaul/msw`: the simulated services as request handlers of msw.
 *
 * @packageDocumentation
 */
import { http, HttpResponse, type HttpHandler } from 'msw'
import type { Provider } from '../provider/index.ts'
import { readRequest, respond } from './response.ts'
import { addressesOf, hostSource, routeOf, type Address } from './routes.ts'

/** URLs that may lead to an address, so that msw goes on looking after all others itself. */
function pattern({ baseURL, bases: [base = []], own, service }: Address): RegExp {
  const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
  const { protocol, hostname, port } = new URL(baseURL)
  if (own) return new RegExp(`^${protocol}//${hostSource(service.hosts)}[.]?/`)
  const path = [...base.map((segment) => `/+${escaped(segment)}`), '/'].join('')
  return new RegExp(`^${protocol}//${escaped(hostname.replace(/\.+$/, ''))}[.]?${port && `:${port}`}${path}`)
}

/**
 * The provider as msw request handlers.
 *
 * @example
 * ```ts
 * const server = setupServer(...handlers(provider))
 * ```
 */
export function handlers(provider: Provider): HttpHandler[] {
  const addresses = addressesOf(provider)
  return addresses.map((address) =>
    http.all(pattern(address), async ({ request }) => {
      const route = routeOf(request.method, request.url, addresses)
      if (!route) return undefined
      return respond(provider, route, await readRequest(request), () => new Error('other side closed')).catch(() =>
        HttpResponse.error(),
      )
    }),
  )
}
