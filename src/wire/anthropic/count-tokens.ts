import { jsonResponse, type Resource } from '../service.ts'
import { commonHeaders, invalid } from './errors.ts'
import type { MessagesRequest } from './messages-request.ts'
import { callOf, credentialsProblem, requestProblem } from './translate.ts'

// Source: https://docs.anthropic.com/en/api/messages-count-tokens.

/** A request to count says nothing of its answer: enough for all that is asked to be thought. */
const enough = ({ thinking }: Partial<MessagesRequest>): number =>
  typeof thinking?.budget_tokens === 'number' ? thinking.budget_tokens + 1 : 1

/** Fields that say how an answer is to be, and so are none of a request to count. */
const OF_ANSWERS = [
  'max_tokens',
  'metadata',
  'stop_sequences',
  'stream',
  'temperature',
  'top_k',
  'top_p',
  'service_tier',
]

/** Counts the tokens of a prompt. Free of charge. */
export const countTokens: Resource = {
  kind: 'resource',
  method: 'POST',
  path: '/v1/messages/count_tokens',
  operation: 'messages.count_tokens',
  answer(wire, context) {
    const body = { max_tokens: enough(wire.body), ...wire.body }
    const extra = wire.strict ? OF_ANSWERS.find((name) => wire.body[name] !== undefined) : undefined
    const problem =
      credentialsProblem(wire) ??
      (extra === undefined ? undefined : invalid(`${extra}: Extra inputs are not permitted`)) ??
      requestProblem(wire, body)
    if (problem) return problem
    const call = callOf(wire, body as unknown as MessagesRequest, [])
    if (!context.model(call.model)) return { kind: 'not_found', message: `model: ${call.model}` }
    return jsonResponse({ input_tokens: context.count(call) }, commonHeaders(context.id(), {}))
  },
}
