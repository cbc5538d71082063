import { modelList, type KnownModel } from '../model-list.ts'
import { commonHeaders } from './errors.ts'

// Source: https://docs.cohere.com/reference/list-models, …/docs/rerank (models, context length).

/** Models that rank documents are billed by searches. */
const RERANKERS: readonly KnownModel[] = [
  { id: 'rerank-v4.0-pro', contextWindow: 32_768 },
  { id: 'rerank-v4.0-fast', contextWindow: 32_768 },
  { id: 'rerank-v3.5', contextWindow: 4_096 },
  { id: 'rerank-english-v3.0', contextWindow: 4_096 },
  { id: 'rerank-multilingual-v3.0', contextWindow: 4_096 },
]

const endpointsOf = (name: string): string[] =>
  name.startsWith('embed') ? ['embed'] : name.startsWith('rerank') ? ['rerank'] : ['chat']

const modelOf = ({ id: name, contextWindow }: KnownModel) => ({
  name,
  is_deprecated: false,
  endpoints: endpointsOf(name),
  finetuned: false,
  context_length: contextWindow,
  default_endpoints: [],
})

/** What may be asked of the list of models. */
export const models = modelList({
  one: 'models.get',
  model: modelOf,
  list: (known) => ({ models: known }),
  missing: (id) => `model '${id}' not found`,
  headers: (requestId) => commonHeaders(requestId),
  beside: RERANKERS,
  isAsked: ({ id }, query) => {
    const endpoint = query.get('endpoint')
    return endpoint === null || endpointsOf(id).includes(endpoint)
  },
})
