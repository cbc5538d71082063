import { jsonResponse, type Desk, type Resource } from '../service.ts'
import { commonHeaders, isWithoutKey } from './errors.ts'

// Source: https://platform.openai.com/docs/api-reference/models.

/** Models have no dates in the table of prices: the same for all. Unix seconds. */
const CREATED = 1_715_367_049
const modelOf = (id: string, provider: string): object => ({
  id,
  object: 'model',
  created: CREATED,
  owned_by: provider,
})

const known = ({ models, provider }: Desk): object[] => models.map(({ id }) => modelOf(id, provider))

/** The list of models. */
const list: Resource = {
  kind: 'resource',
  method: 'GET',
  path: '/models',
  operation: 'models.list',
  answer: ({ header, strict }, desk) =>
    strict && isWithoutKey(header)
      ? { kind: 'unauthorized' }
      : jsonResponse({ object: 'list', data: known(desk) }, commonHeaders(desk.id(), {})),
}

/** One model. */
const retrieve: Resource = {
  kind: 'resource',
  method: 'GET',
  path: '/models/{model}',
  operation: 'models.retrieve',
  answer({ header, strict, params }, desk) {
    if (strict && isWithoutKey(header)) return { kind: 'unauthorized' }
    const id = params['model']!
    if (!desk.hasModel(id))
      return {
        kind: 'not_found',
        message: `The model '${id}' does not exist`,
        param: 'model',
        code: 'model_not_found',
      }
    return jsonResponse(modelOf(id, desk.provider), commonHeaders(desk.id(), {}))
  },
}

/** What may be asked of the list of models. */
export const models: readonly Resource[] = [list, retrieve]
