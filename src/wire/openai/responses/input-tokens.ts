import type { BadRequest, Resource } from '../../service.ts'
import { resource } from '../resource.ts'
import { ANY, problemOf, type Shape } from '../../shape.ts'
import { openaiProblem } from '../errors.ts'
import { create } from './create.ts'
import { RESPONSES_REQUEST } from './request.ts'

/** What a request to count must be: it may say beside how the model is to sound. */
const COUNT_REQUEST: Shape = { ...RESPONSES_REQUEST, fields: { ...RESPONSES_REQUEST.fields, personality: ANY } }

/** Counts what a request would take in, and asks no model. */
export const inputTokens: Resource = resource(
  'POST',
  '/responses/input_tokens',
  'responses.input_tokens',
  (request, context) => {
    const problem = request.strict ? problemOf(COUNT_REQUEST, request.body) : undefined
    if (problem) return openaiProblem(problem)
    const { model, input } = request.body
    const asked = { ...request.body, model: model ?? 'gpt-4o', input: input ?? '' }
    const body = { ...asked, stream: false, background: false }
    const parsed = create.parse({ ...request, body, strict: false })
    return 'kind' in parsed
      ? (parsed satisfies BadRequest)
      : { object: 'response.input_tokens', input_tokens: context.count(parsed.call) }
  },
)
