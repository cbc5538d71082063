import { isBad, jsonResponse, type Resource } from '../service.ts'
import { readConversation } from './converse.ts'
import { commonHeaders, invalid } from './errors.ts'

// Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_CountTokens.html.

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Counts the tokens of a conversation. */
export const countTokens: Resource = {
  kind: 'resource',
  method: 'POST',
  path: '/model/{modelId}/count-tokens',
  operation: 'countTokens',
  answer(wire, desk) {
    const { input } = wire.body
    const conversation = isObject(input) ? input['converse'] : undefined
    if (!isObject(conversation)) return invalid('longhaul counts the tokens of input.converse alone.')
    const parsed = readConversation({ ...wire, body: conversation }, false)
    if (isBad(parsed)) return parsed
    if (!desk.model(parsed.call.model)) return invalid('The provided model identifier is invalid.')
    return jsonResponse({ inputTokens: desk.count(parsed.call) }, commonHeaders(desk.id()))
  },
}
