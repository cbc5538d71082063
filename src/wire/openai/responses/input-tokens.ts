import type { BadRequest, Resource } from '../../service.ts'
import { resource } from '../resource.ts'
import { create } from './create.ts'

/** Counts what a request would take in, and asks no model. */
export const inputTokens: Resource = resource(
  'POST',
  '/responses/input_tokens',
  'responses.input_tokens',
  (request, desk) => {
    const { model, input } = request.body
    const asked = { ...request.body, model: model ?? 'gpt-4o', input: input ?? '' }
    const body = { ...asked, stream: false, background: false }
    const parsed = create.parse({ ...request, body, strict: false })
    return 'kind' in parsed
      ? (parsed satisfies BadRequest)
      : { object: 'response.input_tokens', input_tokens: desk.count(parsed.call) }
  },
)
