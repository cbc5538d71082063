import type { LimitStates } from '../../provider/index.ts'
import { BAD_GATEWAY, type BadRequest, type ErrorFormat, type WireResponse } from '../service.ts'
import type { Problem } from '../shape.ts'

// Source: https://docs.mistral.ai/api, https://docs.mistral.ai/deployment/laplateforme/tier.

/** Headers of every answer. */
export function commonHeaders(requestId: string, { requests, tokens }: LimitStates): Record<string, string> {
  return {
    'mistral-correlation-id': requestId,
    ...(requests && {
      'x-ratelimit-limit-req-minute': String(requests.limit),
      'x-ratelimit-remaining-req-minute': String(requests.remaining),
    }),
    ...(tokens && {
      'x-ratelimit-limit-tokens-minute': String(tokens.limit),
      'x-ratelimit-remaining-tokens-minute': String(tokens.remaining),
    }),
  }
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  number: 'number',
  integer: 'integer',
  string: 'string',
  boolean: 'boolean',
  array: 'list',
  object: 'dictionary',
}

/** What is wrong with a field: kind and text, as Pydantic has them. */
function textOf(problem: Problem): { type: string; msg: string } {
  switch (problem.kind) {
    case 'missing':
      return { type: 'missing', msg: 'Field required' }
    case 'unknown':
      return { type: 'extra_forbidden', msg: 'Extra inputs are not permitted' }
    case 'type': {
      const name = TYPE_NAMES[problem.expected.split(' or ')[0]!] ?? problem.expected
      return { type: `${name}_type`, msg: `Input should be a valid ${name}` }
    }
    case 'empty':
      return { type: 'too_short', msg: 'List should have at least 1 item after validation, not 0' }
    case 'long':
      return { type: 'too_long', msg: `List should have at most ${problem.limit} items after validation` }
    case 'below':
      return { type: 'greater_than_equal', msg: `Input should be greater than or equal to ${problem.limit}` }
    case 'above':
      return { type: 'less_than_equal', msg: `Input should be less than or equal to ${problem.limit}` }
    case 'value':
      return { type: 'enum', msg: `Input should be ${problem.among.map((value) => `'${value}'`).join(', ')}` }
    case 'pattern':
      return { type: 'string_pattern_mismatch', msg: `String should match pattern '${problem.pattern}'` }
    case 'short text':
      return { type: 'string_too_short', msg: 'String should have at least 1 character' }
    case 'long text':
      return { type: 'string_too_long', msg: `String should have at most ${problem.limit} characters` }
    default:
      return problem satisfies never
  }
}

/** The code of a request whose fields are wrong: it is answered by 422 and a list. */
const DETAIL = 'detail'

/** What stands where something is wrong; around it where it is not there. */
function inputOf({ kind, path }: Problem, body: unknown): unknown {
  const place = kind === 'missing' ? path.slice(0, -1) : path
  return place.reduce<unknown>((at, step) => (at as Record<string | number, unknown>)[step], body) ?? null
}

/** A request whose fields are not as they should be. */
export const invalidField = (problem: Problem, body: Readonly<Record<string, unknown>>): BadRequest => ({
  kind: 'invalid',
  message: JSON.stringify([{ ...textOf(problem), loc: ['body', ...problem.path], input: inputOf(problem, body) }]),
  param: null,
  code: DETAIL,
})

/** A request that is wrong though each of its fields is right. */
export const invalid = (message: string, code: string, type = 'invalid_request_message_order'): BadRequest => ({
  kind: 'invalid',
  message,
  param: type,
  code,
})

const errorBody = (message: string, type: string, code: string): string =>
  JSON.stringify({ object: 'error', message, type, param: null, code })

/** Mistral's errors. */
export const mistralErrors: ErrorFormat = {
  bad(problem, requestId) {
    const answer = (status: number, body: string): WireResponse => ({
      status,
      headers: { 'content-type': 'application/json', ...commonHeaders(requestId, {}) },
      body,
    })
    switch (problem.kind) {
      case 'not_json':
        return answer(
          422,
          JSON.stringify({ detail: [{ type: 'json_invalid', loc: ['body', 0], msg: 'JSON decode error', input: {} }] }),
        )
      case 'too_large':
        return answer(413, errorBody('Request entity too large', 'invalid_request_error', '3001'))
      case 'unauthorized':
        return answer(401, JSON.stringify({ detail: 'Unauthorized' }))
      case 'not_found':
        return answer(404, errorBody(problem.message, 'not_found', '1501'))
      case 'invalid':
        return problem.code === DETAIL
          ? answer(422, `{"detail":${problem.message}}`)
          : answer(400, errorBody(problem.message, problem.param ?? 'invalid_request_error', problem.code ?? '3000'))
      default:
        return problem satisfies never
    }
  },

  refusal(refusal, limits, { model, requestId }) {
    const answer = (status: number, message: string, type: string, code: string, waitMs?: number): WireResponse => ({
      status,
      headers: {
        'content-type': 'application/json',
        ...commonHeaders(requestId, limits),
        ...(waitMs !== undefined && { 'retry-after': String(Math.ceil(waitMs / 1_000)) }),
      },
      body: errorBody(message, type, code),
    })
    switch (refusal.kind) {
      case 'rate_limited':
        return answer(429, 'Rate limit exceeded', 'rate_limited', '1300', refusal.retryAfterMs)
      case 'request_too_large':
        return answer(429, 'Rate limit exceeded', 'rate_limited', '1300')
      case 'overloaded':
        return answer(503, 'Service unavailable.', 'unreachable_backend', '1100', refusal.retryAfterMs)
      case 'server_error':
        return answer(500, refusal.message ?? 'Internal server error', 'internal_server_error', '1000')
      case 'bad_gateway':
        return BAD_GATEWAY
      case 'quota_exhausted': {
        const message = `Service tier capacity exceeded for this model: ${model}`
        return answer(429, message, 'service_tier_capacity_exceeded', '3505', refusal.retryAfterMs)
      }
      case 'unauthorized':
        return mistralErrors.bad({ kind: 'unauthorized' }, requestId)
      case 'model_retired':
      case 'model_not_found':
        return answer(400, `Invalid model: ${refusal.model}`, 'invalid_model', '1500')
      case 'prompt_filtered':
        return answer(403, 'The request was blocked by the moderation guardrail.', 'guardrail_violation', '3900')
      case 'context_length': {
        const message = `Prompt contains ${refusal.tokens} tokens, too large for model with ${refusal.contextWindow} maximum context length`
        return answer(400, message, 'invalid_request_prompt', '3051')
      }
      default:
        return refusal satisfies never
    }
  },
}
