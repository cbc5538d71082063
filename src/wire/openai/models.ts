import type { Resource } from '../service.ts'
import { resource } from './resource.ts'

// Source: https://platform.openai.com/docs/api-reference/models.

/** Models have no dates in the table of prices: the same for all. Unix seconds. */
const CREATED = 1_715_367_049
const modelOf = (id: string, provider: string): object => ({
  id,
  object: 'model',
  created: CREATED,
  owned_by: provider,
})

/** What may be asked of the list of models. */
export const models: readonly Resource[] = [
  resource('GET', '/models', 'models.list', (_request, { models: known, provider }) => ({
    object: 'list',
    data: known.map(({ id }) => modelOf(id, provider)),
  })),
  resource('GET', '/models/{model}', 'models.retrieve', ({ params }, context) => {
    const id = params['model']!
    if (context.model(id)) return modelOf(id, context.provider)
    return { kind: 'not_found', message: `The model '${id}' does not exist`, param: 'model', code: 'model_not_found' }
  }),
  resource('DELETE', '/models/{model}', 'models.delete', ({ params }) => {
    const id = params['model']!
    if (id.startsWith('ft:')) return { id, object: 'model', deleted: true }
    return { kind: 'not_found', message: `The model '${id}' does not exist`, param: 'model', code: 'model_not_found' }
  }),
]
