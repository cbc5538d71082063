import { isWithoutKey } from '../openai/errors.ts'
import { jsonResponse, type Resource } from '../service.ts'
import { commonHeaders } from './errors.ts'

// Source: https://docs.cohere.com/reference/list-models.

const modelOf = (name: string, contextWindow: number) => ({
  name,
  is_deprecated: false,
  endpoints: [name.startsWith('embed') ? 'embed' : name.startsWith('rerank') ? 'rerank' : 'chat'],
  finetuned: false,
  context_length: contextWindow,
  default_endpoints: [],
  features: null,
})

const USUAL_WINDOW = 128_000

/** What may be asked of the list of models. */
export const models: readonly Resource[] = [
  {
    kind: 'resource',
    method: 'GET',
    path: '/v1/models',
    operation: 'models.list',
    answer({ strict, header }, desk) {
      if (strict && isWithoutKey(header)) return { kind: 'unauthorized' }
      const known = desk.models.map(({ id, contextWindow }) => modelOf(id, contextWindow))
      return jsonResponse({ models: known }, commonHeaders(desk.id()))
    },
  },
  {
    kind: 'resource',
    method: 'GET',
    path: '/v1/models/{model}',
    operation: 'models.get',
    answer({ strict, header, params }, desk) {
      if (strict && isWithoutKey(header)) return { kind: 'unauthorized' }
      const id = params['model']!
      if (!desk.hasModel(id)) return { kind: 'not_found', message: `model '${id}' not found` }
      const window = desk.models.find((model) => model.id === id)?.contextWindow ?? USUAL_WINDOW
      return jsonResponse(modelOf(id, window), commonHeaders(desk.id()))
    },
  },
]
