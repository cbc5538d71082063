import { isBad, jsonResponse, type Resource } from '../service.ts'
import { HEADERS, isWithoutKey } from './errors.ts'
import { modelName, readContentRequest, type Home } from './generate-content.ts'

// Source: https://ai.google.dev/api/tokens.

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Counts the tokens of a prompt, of contents alone or of a whole request. */
export const countTokens = (home: Home): Resource => ({
  kind: 'resource',
  method: 'POST',
  path: `${home.models}:countTokens`,
  operation: 'countTokens',
  errors: home.errors,
  answer(request, context) {
    if (request.strict && isWithoutKey(request)) return { kind: 'unauthorized' }
    const whole = request.body['generateContentRequest'] ?? request.body['generate_content_request']
    const body = isObject(whole) ? whole : request.body
    const parsed = readContentRequest({ ...request, body }, home, false)
    if (isBad(parsed)) return parsed
    const model = modelName(request.params['model'] ?? '')
    if (!context.model(model))
      return {
        kind: 'not_found',
        message: `models/${model} is not found for API version ${request.params['version'] ?? 'v1beta'}, or is not supported for countTokens.`,
      }
    const totalTokens = context.count(parsed.call)
    const { mediaTokens } = parsed.asked
    const text = { modality: 'TEXT', tokenCount: totalTokens - mediaTokens }
    const images = mediaTokens > 0 ? [{ modality: 'IMAGE', tokenCount: mediaTokens }] : []
    return jsonResponse({ totalTokens, promptTokensDetails: [text, ...images] }, HEADERS)
  },
})
