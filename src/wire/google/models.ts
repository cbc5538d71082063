import { jsonResponse, type BadRequest, type ServiceContext, type Resource, type WireRequest } from '../service.ts'
import { geminiErrors, HEADERS, invalid, isWithoutKey, vertexErrors } from './errors.ts'

// Source: https://ai.google.dev/api/models.

const MAX_OUTPUT = 65_536
const DEFAULT_PAGE = 50
const MAX_PAGE = 1_000

const methodsOf = (id: string): string[] =>
  id.includes('embedding')
    ? ['embedContent', 'batchEmbedContents', 'countTokens']
    : ['generateContent', 'streamGenerateContent', 'countTokens', 'createCachedContent']

const modelOf = ({ id, contextWindow }: { id: string; contextWindow: number }): object => ({
  name: `models/${id}`,
  version: '001',
  displayName: id,
  description: `The model ${id}`,
  inputTokenLimit: contextWindow,
  outputTokenLimit: Math.min(MAX_OUTPUT, contextWindow),
  supportedGenerationMethods: methodsOf(id),
  temperature: 1,
  topP: 0.95,
  topK: 64,
  maxTemperature: 2,
})

const publisherModelOf = ({ id }: { id: string }): object => ({
  name: `publishers/google/models/${id}`,
  versionId: 'default',
  openSourceCategory: 'PROPRIETARY',
  launchStage: 'GA',
})

/** One page of a list. The token of the next page is where it begins. */
function pageOf<Item>(
  items: readonly Item[],
  { query }: WireRequest,
): { page: readonly Item[]; next: object } | BadRequest {
  const size = Math.min(Number(query.get('pageSize') ?? DEFAULT_PAGE) || DEFAULT_PAGE, MAX_PAGE)
  const from = Number(query.get('pageToken') || 0)
  if (!Number.isInteger(from) || from < 0 || size < 1) return invalid('Invalid page token.')
  const next = from + size < items.length ? { nextPageToken: String(from + size) } : {}
  return { page: items.slice(from, from + size), next }
}

const listed = (
  path: string,
  operation: string,
  write: (models: ServiceContext['models'], next: object) => object,
): Pick<Resource, 'kind' | 'method' | 'path' | 'operation' | 'answer'> => ({
  kind: 'resource',
  method: 'GET',
  path,
  operation,
  answer(request, context) {
    if (request.strict && isWithoutKey(request)) return { kind: 'unauthorized' }
    const found = pageOf(context.models, request)
    return 'kind' in found ? found : jsonResponse(write(found.page, found.next), HEADERS)
  },
})

const single = (
  path: string,
  write: (model: { id: string; contextWindow: number }) => object,
): Pick<Resource, 'kind' | 'method' | 'path' | 'operation' | 'answer'> => ({
  kind: 'resource',
  method: 'GET',
  path,
  operation: 'models.get',
  answer(request, context) {
    if (request.strict && isWithoutKey(request)) return { kind: 'unauthorized' }
    const id = request.params['model']!
    const model = context.model(id)
    if (model) return jsonResponse(write(model), HEADERS)
    return {
      kind: 'not_found',
      message: `Model is not found: models/${id} for api version ${request.params['version']!}`,
    }
  },
})

/** What may be asked of the list of models. */
export const models: readonly Resource[] = [
  {
    ...listed('/{version}/models', 'models.list', (page, next) => ({ models: page.map(modelOf), ...next })),
    errors: geminiErrors,
  },
  { ...single('/{version}/models/{model}', modelOf), errors: geminiErrors },
  {
    ...listed('/{version}/publishers/google/models', 'models.list', (page, next) => ({
      publisherModels: page.map(publisherModelOf),
      ...next,
    })),
    errors: vertexErrors,
  },
  { ...single('/{version}/publishers/google/models/{model}', publisherModelOf), errors: vertexErrors },
]
