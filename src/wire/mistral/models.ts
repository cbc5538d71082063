import { isWithoutKey } from '../openai/errors.ts'
import { jsonResponse, type Resource } from '../service.ts'
import { commonHeaders } from './errors.ts'

// Source: https://docs.mistral.ai/api/endpoint/models.

/** Models have no dates in the table of prices: the same for all. Unix seconds. */
const CREATED = 1_735_689_600

const modelOf = (id: string, contextWindow: number) => ({
  id,
  object: 'model',
  created: CREATED,
  owned_by: 'mistralai',
  name: id,
  description: null,
  type: 'base',
  max_context_length: contextWindow,
  aliases: [],
  deprecation: null,
  capabilities: {
    completion_chat: !id.includes('embed'),
    completion_fim: id.startsWith('codestral'),
    function_calling: !id.includes('embed'),
    fine_tuning: false,
    vision: /pixtral|medium|small/.test(id),
    classification: false,
  },
})

const USUAL_WINDOW = 32_768

/** What may be asked of the list of models. */
export const models: readonly Resource[] = [
  {
    kind: 'resource',
    method: 'GET',
    path: '/v1/models',
    operation: 'models.list',
    answer({ strict, header }, desk) {
      if (strict && isWithoutKey(header)) return { kind: 'unauthorized' }
      const data = desk.models.map(({ id, contextWindow }) => modelOf(id, contextWindow))
      return jsonResponse({ object: 'list', data }, commonHeaders(desk.id(), {}))
    },
  },
  {
    kind: 'resource',
    method: 'GET',
    path: '/v1/models/{model}',
    operation: 'models.retrieve',
    answer({ strict, header, params }, desk) {
      if (strict && isWithoutKey(header)) return { kind: 'unauthorized' }
      const id = params['model']!
      if (!desk.hasModel(id)) return { kind: 'not_found', message: `Model ${id} not found` }
      const known = desk.models.find((model) => model.id === id)
      return jsonResponse(modelOf(id, known?.contextWindow ?? USUAL_WINDOW), commonHeaders(desk.id(), {}))
    },
  },
]
