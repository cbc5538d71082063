import type { BadRequest, Endpoint, ErrorFormat, WireRequest } from './service.ts'
import { isBad } from './service.ts'

/** How endpoints of one service are met at another. */
export interface Elsewhere {
  /** How the other service says that something is wrong. Default: that of the service that lists the endpoint. */
  errors?: ErrorFormat
  /** What the endpoint itself reads of a request to the other service, or what is wrong with it. */
  read?(request: WireRequest): WireRequest | BadRequest
}

/**
 * The endpoints of a service below another path: a service that is compatible with another has all that the other has.
 *
 * @param path what comes before the endpoints' own paths; placeholders become parameters
 * @example
 * ```ts
 * const endpoints = prefixed('/openai/v1', openai.endpoints)
 * ```
 */
export const prefixed = (
  path: string,
  endpoints: readonly Endpoint[],
  { errors, read = (request) => request }: Elsewhere = {},
): Endpoint[] =>
  endpoints.map((endpoint) => {
    const at = { path: path + endpoint.path, ...(errors && { errors }) }
    if (endpoint.kind === 'generation')
      return {
        ...endpoint,
        ...at,
        parse(request) {
          const own = read(request)
          return isBad(own) ? own : endpoint.parse(own)
        },
      }
    return {
      ...endpoint,
      ...at,
      answer(request, desk) {
        const own = read(request)
        return isBad(own) ? own : endpoint.answer(own, desk)
      },
    }
  })
