import { isWithoutKey } from './openai/errors.ts'
import { jsonResponse, type BadRequest, type ServiceContext, type Resource } from './service.ts'

/** A model as the provider knows it: calls are held to the same window. */
export type KnownModel = ServiceContext['models'][number]

/** How a service tells of its models. */
interface Telling {
  /** The name of the operation that gives one model. */
  one: string
  model: (known: KnownModel) => object
  /** All of them, each told already. */
  list: (models: readonly object[]) => object
  /** What is said of a name that no model has. */
  missing: (id: string) => string
  headers: (requestId: string) => Record<string, string>
  /** Models that the table of prices lacks, as they are billed by something else than tokens. */
  beside?: readonly KnownModel[]
  /** Whether a model is among those that a query asks for. Default: all are. */
  isAsked?: (known: KnownModel, query: URLSearchParams) => boolean
}

/** The list of a service's models, and one of them by its name, where the list has no pages. */
export function modelList({
  one,
  model,
  list,
  missing,
  headers,
  beside = [],
  isAsked = () => true,
}: Telling): readonly Resource[] {
  const resource = (
    path: string,
    operation: string,
    give: (context: ServiceContext, id: string, query: URLSearchParams) => object | BadRequest,
  ): Resource => ({
    kind: 'resource',
    method: 'GET',
    path,
    operation,
    answer({ strict, header, params, query }, context) {
      if (strict && isWithoutKey(header)) return { kind: 'unauthorized' }
      const given = give(context, params['model'] ?? '', query)
      return 'kind' in given ? (given as BadRequest) : jsonResponse(given, headers(context.id()))
    },
  })
  return [
    resource('/v1/models', 'models.list', (context, _, query) => {
      const others = beside.filter(({ id }) => !context.models.some((known) => known.id === id))
      return list([...context.models, ...others].filter((known) => isAsked(known, query)).map(model))
    }),
    resource('/v1/models/{model}', one, (context, id) => {
      const known = context.model(id) ?? beside.find((one) => one.id === id)
      return known ? model(known) : { kind: 'not_found', message: missing(id) }
    }),
  ]
}
