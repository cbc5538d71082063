/**
 * `longhaul/nock`: the simulated services as interceptors of nock.
 *
 * @packageDocumentation
 */
import { Readable } from 'node:stream'
import type { ReadableStream as WebStream } from 'node:stream/web'
import nock from 'nock'
import type { ConnectionFailure, Provider } from '../provider/index.ts'
import { connectionError, targetOf } from './connection-errors.ts'
import type { Mount } from './mount.ts'
import { readRequest, respond } from './response.ts'
import { addressesOf, hostSource, routeOf, type Address } from './routes.ts'

/** What a service may be asked by; what longhaul lacks of it, it says itself. */
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

export type { Mount } from './mount.ts'

type NockReply = [status: number, body: string | Readable, headers?: Record<string, string>]

/** Answers one request as nock wants it. */
async function reply(provider: Provider, addresses: readonly Address[], request: Request): Promise<NockReply> {
  const route = routeOf(request.method, request.url, addresses)
  if (!route) return [404, `no handler or simulated service answers ${request.url}`]
  const broken = (_: unknown, connection?: ConnectionFailure): Error =>
    connection
      ? connectionError(connection, targetOf(request.url))
      : Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })
  const { status, headers, body } = await respond(provider, route, await readRequest(request), broken)
  return [status, Readable.fromWeb(body as WebStream), Object.fromEntries(headers)]
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
  const interceptors = addresses.flatMap(({ baseURL, own, service }) => {
    const { origin, protocol } = new URL(baseURL)
    const at = own ? new RegExp(`^${protocol}//${hostSource(service.hosts)}(:\\d+)?$`) : origin
    const isOurs = (path: string): boolean => own || routeOf('POST', `${origin}${path}`, addresses) !== undefined
    return METHODS.map((method) => {
      const interceptor = nock(at).persist().intercept(isOurs, method)
      interceptor.reply(((request: Request) => reply(provider, addresses, request)) as never)
      return interceptor
    })
  })
  return { close: () => interceptors.forEach((interceptor) => nock.removeInterceptor(interceptor)) }
}
