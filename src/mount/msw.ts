import { http, HttpResponse, type HttpHandler } from 'msw'
import type { Provider } from '../provider/index.ts'
import { answer } from './answer.ts'
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
      const text = await request.text()
      return new Promise<Response>((resolve) => {
        const encoder = new TextEncoder()
        let status = 200
        let headers: Record<string, string> = {}
        let first = ''
        let body: ReadableStreamDefaultController<Uint8Array> | undefined
        const open = (): void => {
          const stream = new ReadableStream<Uint8Array>({
            start: (controller) => void (body = controller),
            cancel: () => exchange.disconnect(),
          })
          body!.enqueue(encoder.encode(first))
          resolve(new HttpResponse(stream, { status, headers }))
        }
        const header = (name: string): string | undefined => request.headers.get(name) ?? undefined
        const exchange = answer(
          provider,
          { method: request.method, route, text, header },
          {
            head: (given) => void ({ status, headers } = given),
            write(part) {
              if (body) return body.enqueue(encoder.encode(part))
              first += part
              if (headers['content-type']?.startsWith('text/event-stream')) open()
            },
            end() {
              if (body) body.close()
              else resolve(new HttpResponse(first, { status, headers }))
            },
            reset() {
              if (!body && first !== '') open()
              if (body) body.error(new Error('other side closed'))
              else resolve(HttpResponse.error())
            },
          },
        )
        request.signal.addEventListener('abort', () => exchange.disconnect(), { once: true })
      })
    }),
  )
}
