import type { LimitStates } from '../../provider/index.ts'
import { BAD_GATEWAY, type BadRequest, type ErrorFormat, type WireResponse } from '../service.ts'
import type { Problem } from '../shape.ts'

// Source of errors and headers: https://docs.anthropic.com/en/api (errors, rate limits).

const TYPE_NAMES: Readonly<Record<string, string>> = {
  number: 'a valid number',
  integer: 'a valid integer',
  string: 'a valid string',
  boolean: 'a valid boolean',
  array: 'a valid list',
  object: 'a valid dictionary',
}

/** `messages.0.content.1.image.source.base64.data`: what is one of several kinds is followed by its kind. */
function placeText(path: Problem['path'], body: unknown): string {
  const steps: (string | number)[] = []
  let at = body
  for (const [index, step] of path.entries()) {
    steps.push(step)
    at = (at as Record<string | number, unknown> | undefined)?.[step]
    const next = path[index + 1]
    const kind = (at as { type?: unknown } | null | undefined)?.type
    if (typeof kind === 'string' && next !== undefined && next !== 'type' && step !== 'format') steps.push(kind)
  }
  return steps.join('.')
}

const either = (values: readonly string[]): string => {
  const quoted = values.map((value) => `'${value}'`)
  return quoted.length > 1 ? `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}` : quoted.join('')
}

/** Whether a value tells one of several kinds apart. */
const isTag = (path: Problem['path']): boolean => path.at(-1) === 'type' && path.at(-2) !== 'format'

/**
 * What is wrong with a request, in Anthropic's words.
 *
 * @param body the request
 */
export function problemText(problem: Problem, body: unknown): string {
  const path = placeText(problem.path, body)
  switch (problem.kind) {
    case 'missing':
      return isTag(problem.path)
        ? `${problem.path.slice(0, -1).join('.')}: Unable to extract tag using discriminator 'type'`
        : `${path}: Field required`
    case 'unknown':
      return `${path}: Extra inputs are not permitted`
    case 'type':
      return `${path}: Input should be ${problem.expected
        .split(' or ')
        .map((type) => TYPE_NAMES[type] ?? type)
        .join(' or ')}`
    case 'empty':
      return `${path}: at least one message is required`
    case 'long':
      return `${path}: List should have at most ${problem.limit} items after validation, not ${problem.given}`
    case 'below':
      return `${path}: Input should be greater than or equal to ${problem.limit}`
    case 'above':
      return `${path}: Input should be less than or equal to ${problem.limit}`
    case 'value': {
      const { given, among } = problem
      if (!isTag(problem.path)) return `${path}: Input should be ${either(among)}`
      const tags = among.map((tag) => `'${tag}'`).join(', ')
      const place = problem.path.slice(0, -1).join('.')
      return `${place}: Input tag '${given}' found using 'type' does not match any of the expected tags: ${tags}`
    }
    case 'pattern':
      return `${path}: String should match pattern '${problem.pattern}'`
    case 'short text':
      return `${path}: String should have at least 1 character`
    case 'long text':
      return `${path}: String should have at most ${problem.limit} characters`
    default:
      return problem satisfies never
  }
}

/** A request that is wrong. */
export const invalid = (message: string): BadRequest => ({ kind: 'invalid', message, param: null, code: null })

/** The account of all tests. */
const ORGANIZATION = '10096a01-0000-4000-8000-000000000000'

const errorBody = (type: string, message: string, requestId: string): string =>
  JSON.stringify({ type: 'error', error: { type, message }, request_id: `req_${requestId}` })

/** What is left of the limits, as headers. */
function limitHeaders(limits: LimitStates): Record<string, string> {
  const headers: Record<string, string> = {}
  const names = {
    requests: 'requests',
    tokens: 'tokens',
    inputTokens: 'input-tokens',
    outputTokens: 'output-tokens',
  } as const
  for (const [name, header] of Object.entries(names) as [keyof LimitStates, string][]) {
    const state = limits[name]
    if (!state) continue
    headers[`anthropic-ratelimit-${header}-limit`] = String(state.limit)
    headers[`anthropic-ratelimit-${header}-remaining`] = String(state.remaining)
    headers[`anthropic-ratelimit-${header}-reset`] = new Date(state.resetAt).toISOString().replace(/\.\d+Z$/, 'Z')
  }
  return headers
}

/** Headers of every answer. */
export const commonHeaders = (requestId: string, limits: LimitStates): Record<string, string> => ({
  'request-id': `req_${requestId}`,
  'anthropic-organization-id': ORGANIZATION,
  ...limitHeaders(limits),
})

const retryHeader = (ms: number): Record<string, string> => ({ 'retry-after': String(Math.ceil(ms / 1_000)) })

/** Anthropic's errors. */
export const anthropicErrors: ErrorFormat = {
  bad(problem, requestId) {
    const answer = (status: number, type: string, message: string): WireResponse => ({
      status,
      headers: { 'content-type': 'application/json', 'x-should-retry': 'false', ...commonHeaders(requestId, {}) },
      body: errorBody(type, message, requestId),
    })
    switch (problem.kind) {
      case 'not_json':
        return answer(400, 'invalid_request_error', 'The request body is not valid JSON.')
      case 'too_large':
        return answer(413, 'request_too_large', 'Request exceeds the maximum size')
      case 'unauthorized':
        return answer(401, 'authentication_error', 'x-api-key header is required')
      case 'not_found':
        return answer(404, 'not_found_error', problem.message)
      case 'invalid':
        return answer(400, 'invalid_request_error', problem.message)
      default:
        return problem satisfies never
    }
  },

  refusal(refusal, limits, { model, requestId }) {
    const answer = (
      status: number,
      type: string,
      message: string,
      headers: Record<string, string> = {},
    ): WireResponse => ({
      status,
      headers: {
        'content-type': 'application/json',
        'x-should-retry': String(status === 429 || status >= 500),
        ...commonHeaders(requestId, limits),
        ...headers,
      },
      body: errorBody(type, message, requestId),
    })
    switch (refusal.kind) {
      case 'rate_limited': {
        const message = `This request would exceed your organization's rate limit on ${refusal.limit}. Please wait and try again.`
        return answer(429, 'rate_limit_error', message, retryHeader(refusal.retryAfterMs))
      }
      case 'request_too_large': {
        const tokens = refusal.limit === 'tokens' ? 'tokens' : 'input tokens'
        const message =
          `This request would exceed your organization's rate limit of ${refusal.perMinute.toLocaleString('en-US')} ` +
          `${tokens} per minute (org: ${ORGANIZATION}, model: ${model}). For details, refer to: ` +
          'https://docs.claude.com/en/api/rate-limits. You can see the response headers for current usage. Please reduce ' +
          'the prompt length or the maximum tokens requested, or try again later. You may also contact sales at ' +
          'https://claude.com/contact-sales to discuss your options for a rate limit increase.'
        return answer(429, 'rate_limit_error', message)
      }
      case 'overloaded':
        return answer(529, 'overloaded_error', 'Overloaded', retryHeader(refusal.retryAfterMs))
      case 'server_error':
        return answer(500, 'api_error', refusal.message ?? 'Internal server error')
      case 'bad_gateway':
        return BAD_GATEWAY
      case 'quota_exhausted': {
        const [date, time] = new Date(refusal.resetAt).toISOString().split('T')
        const message = `You have reached your specified API usage limits. You will regain access on ${date} at ${time!.slice(0, 5)} UTC.`
        return answer(400, 'invalid_request_error', message)
      }
      case 'unauthorized':
        return answer(401, 'authentication_error', 'invalid x-api-key')
      case 'model_retired':
        return answer(404, 'not_found_error', `model: ${refusal.model}`)
      case 'prompt_filtered':
        return answer(400, 'invalid_request_error', 'Output blocked by content filtering policy')
      case 'model_not_found':
        return answer(404, 'not_found_error', `model: ${refusal.model}`)
      case 'context_length':
        return answer(
          400,
          'invalid_request_error',
          `prompt is too long: ${refusal.tokens} tokens > ${refusal.contextWindow} maximum`,
        )
      default:
        return refusal satisfies never
    }
  },
}
