import { modelList, type KnownModel } from '../model-list.ts'
import { commonHeaders } from './errors.ts'

// Source: https://docs.cohere.com/reference/list-models.

const modelOf = ({ id: name, contextWindow }: KnownModel) => ({
  name,
  is_deprecated: false,
  endpoints: [name.startsWith('embed') ? 'embed' : name.startsWith('rerank') ? 'rerank' : 'chat'],
  finetuned: false,
  context_length: contextWindow,
  default_endpoints: [],
  features: null,
})

/** What may be asked of the list of models. */
export const models = modelList({
  one: 'models.get',
  model: modelOf,
  list: (known) => ({ models: known }),
  missing: (id) => `model '${id}' not found`,
  headers: (requestId) => commonHeaders(requestId),
})
