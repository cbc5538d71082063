import { Readable } from 'node:stream'
import nock from 'nock'
import type { Provider } from '../provider/index.ts'
import { answer } from './answer.ts'
import type { Mount } from './fetch.ts'
import { addressesOf, routeOf, type Address } from './routes.ts'

type NockReply = [status: number, body: string | Readable, headers?: Record<string, string>]

/** Answers one request as nock wants it: at once when it is whole, as a stream from its first bytes. */
async function reply(provider: Provider, addresses: readonly Address[], request: Request): Promise<NockReply> {
  const route = routeOf(request.url, addresses)
  if (!route) return [404, `nothing simulates ${request.url}`]
  const text = await request.text()
  return new Promise((resolve, reject) => {
    let status = 200
    let headers: Record<string, string> = {}
    let first = ''
    let body: Readable | undefined
    const header = (name: string): string | undefined => request.headers.get(name) ?? undefined
    const open = (): void => {
      body = new Readable({ read: () => {} })
      body.push(first)
      resolve([status, body, headers])
    }
    const exchange = answer(
      provider,
      { method: request.method, route, text, header },
      {
        head: (given) => void ({ status, headers } = given),
        write(part) {
          if (body) return void body.push(part)
          first += part
          if (headers['content-type']?.startsWith('text/event-stream')) open()
        },
        end() {
          if (body) body.push(null)
          else resolve([status, first, headers])
        },
        reset() {
          const error = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })
          if (!body && first !== '') open()
          if (body) body.destroy(error)
          else reject(error)
        },
      },
    )
    request.signal.addEventListener('abort', () => exchange.disconnect(), { once: true })
  })
}

/**
 * The provider behind nock 15, for code on `http.ClientRequest` such as axios.
 *
 * @example
 * ```ts
 * const mount = mountNock(provider)
 * // … requests by axios …
 * mount.close()
 * ```
 */
export function mountNock(provider: Provider): Mount {
  const addresses = addressesOf(provider)
  const origins = [...new Set(addresses.map(({ baseURL }) => new URL(baseURL).origin))]
  const interceptors = origins.map((origin) => {
    const interceptor = nock(origin).persist().post(/.*/)
    interceptor.reply(((request: Request) => reply(provider, addresses, request)) as never)
    return interceptor
  })
  return { close: () => interceptors.forEach((interceptor) => nock.removeInterceptor(interceptor)) }
}
