import { http, HttpResponse, type HttpHandler } from 'msw'
import type { Provider } from '../provider/index.ts'
import { readRequest, respond } from './response.ts'
import { addressesOf, routeOf } from './routes.ts'

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
  return addresses.map(({ baseURL }) =>
    http.all(`${baseURL}/*`, async ({ request }) => {
      const route = routeOf(request.url, addresses)
      if (!route) return undefined
      return respond(provider, route, await readRequest(request), () => new Error('other side closed')).catch(() =>
        HttpResponse.error(),
      )
    }),
  )
}
