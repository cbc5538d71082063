import { isBad, jsonResponse, type Resource } from '../service.ts'
import { readConversation } from './converse.ts'
import { commonHeaders, invalid } from './errors.ts'
import { readInvocation } from './invoke-model.ts'

// Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_CountTokens.html.

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The body that a model would be invoked with. */
function bodyOf({ body }: Record<string, unknown>): Record<string, unknown> | undefined {
  try {
    const read: unknown = JSON.parse(Buffer.from(String(body), 'base64').toString())
    return isObject(read) ? read : undefined
  } catch {
    return undefined
  }
}

/** Counts the tokens of a conversation, or of what a model would be invoked with. */
export const countTokens: Resource = {
  kind: 'resource',
  method: 'POST',
  path: '/model/{modelId}/count-tokens',
  operation: 'countTokens',
  answer(wire, context) {
    const { input } = wire.body
    const { converse, invokeModel } = isObject(input) ? input : {}
    const invoked = isObject(invokeModel) ? bodyOf(invokeModel) : undefined
    if (!isObject(converse) && !invoked) return invalid('The input must have either converse or invokeModel.')
    const parsed = isObject(converse)
      ? readConversation({ ...wire, body: converse }, false)
      : readInvocation({ ...wire, body: invoked! }, false)
    if (isBad(parsed)) return parsed
    if (!context.model(parsed.call.model)) return invalid('The provided model identifier is invalid.')
    return jsonResponse({ inputTokens: context.count(parsed.call) }, commonHeaders(context.id()))
  },
}
