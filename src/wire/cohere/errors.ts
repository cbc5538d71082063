import { BAD_GATEWAY, type BadRequest, type ErrorFormat, type WireResponse } from '../service.ts'
import type { Problem } from '../shape.ts'

// Source: https://docs.cohere.com/reference/errors, …/docs/rate-limits.

/** Headers of every answer. */
export const commonHeaders = (requestId: string): Record<string, string> => ({ 'x-debug-trace-id': requestId })

const placeOf = (path: Problem['path']): string => path.join('.')

/** What is wrong with a field, in Cohere's words. */
export function fieldProblem(problem: Problem): BadRequest {
  const place = placeOf(problem.path)
  const text = (): string => {
    switch (problem.kind) {
      case 'missing':
        return `invalid request: ${place} is required`
      case 'unknown':
        return `unknown field: parameter '${place}' is not a valid field`
      case 'type':
        return `invalid type: parameter '${place}' is of type ${problem.given} but should be of type ${problem.expected}`
      case 'empty':
        return `invalid request: ${place} must not be empty`
      case 'long':
        return `invalid request: ${place} must have at most ${problem.limit} elements - received ${problem.given}`
      case 'below':
        return `invalid request: ${place} must be greater than or equal to ${problem.limit}`
      case 'above':
        return `invalid request: ${place} must be less than or equal to ${problem.limit}`
      case 'value':
        return `invalid request: ${place} must be one of: ${problem.among.join(', ')}`
      case 'pattern':
        return `invalid request: ${place} must match the pattern ${problem.pattern}`
      case 'short text':
        return `invalid request: ${place} must not be empty`
      case 'long text':
        return `invalid request: ${place} must have at most ${problem.limit} characters - received ${problem.given}`
      default:
        return problem satisfies never
    }
  }
  return invalid(text(), UNPROCESSABLE.includes(problem.kind) ? '422' : null)
}

/** What cannot even be read as a request is answered by 422, the rest by 400. */
const UNPROCESSABLE: readonly Problem['kind'][] = ['type', 'unknown']

/** A request that is wrong. */
export const invalid = (message: string, code: string | null = null): BadRequest => ({
  kind: 'invalid',
  message,
  param: null,
  code,
})

/** Cohere's errors. */
export const cohereErrors: ErrorFormat = {
  bad(problem, requestId) {
    const answer = (status: number, message: string): WireResponse => ({
      status,
      headers: { 'content-type': 'application/json', ...commonHeaders(requestId) },
      body: JSON.stringify({ id: requestId, message }),
    })
    switch (problem.kind) {
      case 'not_json':
        return answer(400, 'failed to parse request body: invalid JSON')
      case 'too_large':
        return answer(413, 'request body is too large')
      case 'unauthorized':
        return answer(401, 'no api key supplied')
      case 'not_found':
        return answer(404, problem.message)
      case 'invalid':
        return answer(problem.code === '422' ? 422 : 400, problem.message)
      default:
        return problem satisfies never
    }
  },

  refusal(refusal, _limits, { requestId }) {
    const answer = (status: number, message: string, waitMs?: number): WireResponse => ({
      status,
      headers: {
        'content-type': 'application/json',
        ...commonHeaders(requestId),
        ...(waitMs !== undefined && { 'retry-after': String(Math.ceil(waitMs / 1_000)) }),
      },
      body: JSON.stringify({ id: requestId, message }),
    })
    switch (refusal.kind) {
      case 'rate_limited':
        return answer(429, "Please wait and try again later: you've exceeded your rate limit.", refusal.retryAfterMs)
      case 'request_too_large':
        return answer(429, "Please wait and try again later: you've exceeded your rate limit.")
      case 'overloaded':
        return answer(503, 'the service is currently unavailable, please try again later', refusal.retryAfterMs)
      case 'server_error':
        return answer(500, refusal.message ?? 'internal server error, this has been reported to our developers.')
      case 'bad_gateway':
        return BAD_GATEWAY
      case 'quota_exhausted':
        return answer(429, 'You have reached your billing limit. Please increase it at https://dashboard.cohere.com.')
      case 'unauthorized':
        return answer(401, 'invalid api token')
      case 'model_retired':
        return answer(404, `model '${refusal.model}' was removed. See https://docs.cohere.com/docs/deprecations.`)
      case 'model_not_found':
        return answer(
          404,
          `model '${refusal.model}' not found, make sure the correct model ID was used and that you have access to the model.`,
        )
      case 'prompt_filtered':
        return answer(400, 'invalid request: the request was blocked by the safety filter')
      case 'context_length':
        return answer(
          400,
          `too many tokens: the total number of tokens in the prompt cannot exceed ${refusal.contextWindow} - received ${refusal.tokens}.`,
        )
      default:
        return refusal satisfies never
    }
  },
}
