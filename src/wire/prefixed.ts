import {
  isBad,
  type BadRequest,
  type ServiceContext,
  type Endpoint,
  type ErrorFormat,
  type WireRequest,
} from './service.ts'

/** How endpoints of one service are met at another. */
export interface Elsewhere {
  /** How the other service says that something is wrong. Default: that of the service that lists the endpoint. */
  errors?: ErrorFormat
  /** What the endpoint itself reads of a request to the other service, or what is wrong with it. */
  read?(request: WireRequest): WireRequest | BadRequest
  /** The other service's headers of an answer, by those of the endpoint itself. Default: the same, without those that name OpenAI. */
  headers?(own: Readonly<Record<string, string>>, requestId: string): Record<string, string>
}

const withoutName = (own: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(own).filter(([name]) => !name.startsWith('openai-')))

const filled = (path: string, params: WireRequest['params']): string =>
  path.replaceAll(/\{(\w+)\}/g, (_, name: string) => params[name] ?? '')

type Rest = Parameters<ServiceContext['request']> extends [string, ...infer More] ? More : never

/** The context of a resource that asks for paths below another. */
const deskAt = (path: string, { params }: WireRequest, context: ServiceContext): ServiceContext =>
  Object.assign(Object.create(context) as ServiceContext, {
    request: (below: string, ...more: Rest) => context.request(filled(path, params) + below, ...more),
  })

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
  { errors, read = (request) => request, headers = withoutName }: Elsewhere = {},
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
        head(reply, limits, asked) {
          const head = endpoint.head(reply, limits, asked)
          return { ...head, headers: headers(head.headers, reply.id) }
        },
      }
    if (endpoint.kind === 'live')
      return {
        ...endpoint,
        ...at,
        open(request) {
          const own = read(request)
          return isBad(own) ? own : endpoint.open(own)
        },
      }
    return {
      ...endpoint,
      ...at,
      answer(request, context) {
        const own = read(request)
        if (isBad(own)) return own
        const given = endpoint.answer(own, deskAt(path, request, context))
        return isBad(given) ? given : { ...given, headers: headers(given.headers, context.id()) }
      },
    }
  })
