import { isBad, jsonResponse, type Resource } from '../service.ts'
import { commonHeaders } from './errors.ts'
import { rulesOf } from './model-rules.ts'
import { pageOf } from './page.ts'
import { credentialsProblem } from './translate.ts'

// Source: https://docs.anthropic.com/en/api/models-list, …/models.

/** Models have no dates in the table of prices: the same for all. */
const CREATED = '2025-01-01T00:00:00Z'

const titled = (id: string): string =>
  id
    .replace(/-20\d{6}$|-latest$/, '')
    .split('-')
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join(' ')

function modelOf({ id, contextWindow }: { id: string; contextWindow: number }) {
  const { maxOutput } = rulesOf(id, '')
  return {
    type: 'model',
    id,
    display_name: titled(id),
    created_at: CREATED,
    lifecycle: 'active',
    deprecated_at: null,
    retires_at: null,
    line: null,
    capabilities: null,
    max_input_tokens: contextWindow,
    max_tokens: Number.isFinite(maxOutput) ? maxOutput : null,
  }
}

/** The list of models. */
const list: Resource = {
  kind: 'resource',
  method: 'GET',
  path: '/v1/models',
  operation: 'models.list',
  answer(wire, context) {
    const problem = credentialsProblem(wire)
    if (problem) return problem
    const page = pageOf(context.models.map(modelOf), wire.query)
    return isBad(page) ? page : jsonResponse(page, commonHeaders(context.id(), {}))
  },
}

/** One model. */
const retrieve: Resource = {
  kind: 'resource',
  method: 'GET',
  path: '/v1/models/{model}',
  operation: 'models.retrieve',
  answer(wire, context) {
    const problem = credentialsProblem(wire)
    if (problem) return problem
    const id = wire.params['model']!
    const known = context.model(id)
    if (!known) return { kind: 'not_found', message: `model: ${id}` }
    return jsonResponse(modelOf(known), commonHeaders(context.id(), {}))
  },
}

/** What may be asked of the list of models. */
export const models: readonly Resource[] = [list, retrieve]
