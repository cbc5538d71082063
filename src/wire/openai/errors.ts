import type { LimitStates } from '../../provider/index.ts'
import { BAD_GATEWAY, type BadRequest, type ErrorFormat, type WireRequest, type WireResponse } from '../service.ts'
import type { Problem } from '../shape.ts'
import { SERVER_ERROR } from './events.ts'

// Source of errors and headers: https://platform.openai.com/docs/guides/error-codes, …/guides/rate-limits.

const TYPE_NAMES: Readonly<Record<string, string>> = {
  number: 'a decimal',
  integer: 'an integer',
  string: 'a string',
  boolean: 'a boolean',
  array: 'an array',
  object: 'an object',
  null: 'null',
}
const named = (types: string): string =>
  types
    .split(' or ')
    .map((type) => TYPE_NAMES[type] ?? type)
    .join(' or ')

/** `messages[0].content`, as OpenAI writes paths. */
const pathText = (path: Problem['path']): string =>
  path.reduce<string>(
    (text, step) => (typeof step === 'number' ? `${text}[${step}]` : text === '' ? step : `${text}.${step}`),
    '',
  )

/** `'low', 'medium', and 'high'`, as OpenAI writes lists. */
export function valueList(values: readonly string[]): string {
  const quoted = values.map((value) => `'${value}'`)
  return quoted.length > 1 ? `${quoted.slice(0, -1).join(', ')}, and ${quoted.at(-1)}` : quoted.join('')
}

function problemText(problem: Problem): { message: string; code: string } {
  const path = pathText(problem.path)
  switch (problem.kind) {
    case 'missing':
      return { message: `Missing required parameter: '${path}'.`, code: 'missing_required_parameter' }
    case 'unknown':
      return { message: `Unknown parameter: '${path}'.`, code: 'unknown_parameter' }
    case 'type':
      return {
        message: `Invalid type for '${path}': expected ${named(problem.expected)}, but got ${named(problem.given)} instead.`,
        code: 'invalid_type',
      }
    case 'empty':
      return {
        message: `Invalid '${path}': empty array. Expected an array with minimum length 1, but got an empty array instead.`,
        code: 'empty_array',
      }
    case 'long':
      return {
        message: `Invalid '${path}': array too long. Expected an array with maximum length ${problem.limit}, but got an array with length ${problem.given} instead.`,
        code: 'array_above_max_length',
      }
    case 'below':
    case 'above': {
      const kind = problem.integer ? 'integer' : 'decimal'
      const [side, sign] = problem.kind === 'below' ? ['below minimum', '>='] : ['above maximum', '<=']
      return {
        message: `Invalid '${path}': ${kind} ${side} value. Expected a value ${sign} ${problem.limit}, but got ${problem.given} instead.`,
        code: `${kind}_${side.replace(' ', '_')}_value`,
      }
    }
    case 'value': {
      const list = valueList(problem.among)
      return { message: `Invalid value: '${problem.given}'. Supported values are: ${list}.`, code: 'invalid_value' }
    }
    case 'pattern':
      return {
        message: `Invalid '${path}': string does not match pattern. Expected a string that matches the pattern '${problem.pattern}'.`,
        code: 'invalid_value',
      }
    case 'short text':
      return {
        message: `Invalid '${path}': empty string. Expected a string with minimum length 1, but got an empty string instead.`,
        code: 'empty_string',
      }
    case 'long text':
      return {
        message: `Invalid '${path}': string too long. Expected a string with maximum length ${problem.limit}, but got a string with length ${problem.given} instead.`,
        code: 'string_above_max_length',
      }
    default:
      return problem satisfies never
  }
}

/** What is wrong with a request, in OpenAI's words. */
export const openaiProblem = (problem: Problem): BadRequest => ({
  kind: 'invalid',
  param: pathText(problem.path),
  ...problemText(problem),
})

/** A request that is wrong though each of its fields is right. */
export const invalid = (message: string, param: string | null = null, code: string | null = null): BadRequest => ({
  kind: 'invalid',
  message,
  param,
  code,
})

/** Whether a request has no key; a gateway may take it elsewhere. */
export const isWithoutKey = (header: WireRequest['header']): boolean =>
  !/^Bearer \S/i.test(header('authorization') ?? '') && !header('api-key')

/** The body of an error. */
const errorBody = (message: string, type: string, param: string | null, code: string | null): string =>
  `${JSON.stringify({ error: { message, type, param, code } }, null, 2)}\n`

/** A span as OpenAI's headers write it: `120ms`, `6.5s`, `1m30s`. */
function spanText(ms: number): string {
  if (ms < 1_000) return `${Math.ceil(ms)}ms`
  const minutes = Math.floor(ms / 60_000)
  const seconds = Number(((ms % 60_000) / 1_000).toFixed(3))
  return minutes > 0 ? `${minutes}m${seconds}s` : `${seconds}s`
}

function limitHeaders(limits: LimitStates): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const name of ['requests', 'tokens'] as const) {
    const state = limits[name]
    if (!state) continue
    headers[`x-ratelimit-limit-${name}`] = String(state.limit)
    headers[`x-ratelimit-remaining-${name}`] = String(state.remaining)
    headers[`x-ratelimit-reset-${name}`] = spanText(state.resetMs)
  }
  return headers
}

/** Headers of every answer. */
export const commonHeaders = (requestId: string, limits: LimitStates): Record<string, string> => ({
  'openai-version': '2020-10-01',
  'openai-organization': 'org-longhaul',
  'x-request-id': `req_${requestId}`,
  ...limitHeaders(limits),
})

const retryHeaders = (ms: number): Record<string, string> => ({
  'retry-after': String(Math.ceil(ms / 1_000)),
  'retry-after-ms': String(Math.ceil(ms)),
})

/** Whether an error answers a request of the Responses API, whose input is made of items. */
const isResponses = (asked: unknown): boolean => typeof asked === 'object' && asked !== null && 'items' in asked

/** What is said of a key that is none, or is one no more. */
export const WRONG_KEY =
  'Incorrect API key provided. You can find your API key at https://platform.openai.com/account/api-keys.'

/** OpenAI's errors. */
export const openaiErrors: ErrorFormat = {
  bad(problem, requestId) {
    const answer = (status: number, message: string, param: string | null, code: string | null): WireResponse => ({
      status,
      headers: { 'content-type': 'application/json', ...commonHeaders(requestId, {}) },
      body: errorBody(message, 'invalid_request_error', param, code),
    })
    switch (problem.kind) {
      case 'not_json':
        return answer(400, 'We could not parse the JSON body of your request.', null, null)
      case 'too_large':
        return answer(413, `The request is larger than ${problem.limit} bytes.`, null, 'request_too_large')
      case 'unauthorized':
        return answer(
          401,
          problem.message ??
            "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth.",
          null,
          problem.code ?? null,
        )
      case 'not_found':
        return answer(404, problem.message, problem.param ?? null, problem.code ?? null)
      case 'invalid':
        return answer(400, problem.message, problem.param, problem.code)
      default:
        return problem satisfies never
    }
  },

  refusal(refusal, limits, { model, requestId, asked }) {
    const answer = (status: number, body: string, headers: Record<string, string> = {}): WireResponse => ({
      status,
      headers: { 'content-type': 'application/json', ...commonHeaders(requestId, limits), ...headers },
      body,
    })
    switch (refusal.kind) {
      case 'rate_limited': {
        const type = refusal.limit === 'requests' || refusal.limit === 'concurrency' ? 'requests' : 'tokens'
        const message = `Rate limit reached for ${model} on ${type} per min. Please try again in ${spanText(refusal.retryAfterMs)}.`
        return answer(429, errorBody(message, type, null, 'rate_limit_exceeded'), retryHeaders(refusal.retryAfterMs))
      }
      case 'request_too_large': {
        const { perMinute, requested } = refusal
        const message =
          `Request too large for ${model} in organization org-longhaul on tokens per min (TPM): Limit ${perMinute}, ` +
          `Requested ${requested}. The input or output tokens must be reduced in order to run successfully. ` +
          'Visit https://platform.openai.com/account/rate-limits to learn more.'
        return answer(429, errorBody(message, 'tokens', null, 'rate_limit_exceeded'))
      }
      case 'overloaded': {
        const message = 'The engine is currently overloaded, please try again later.'
        return answer(503, errorBody(message, 'server_error', null, null), retryHeaders(refusal.retryAfterMs))
      }
      case 'server_error': {
        const message = refusal.message ?? SERVER_ERROR
        return answer(500, errorBody(message, 'server_error', null, null))
      }
      case 'bad_gateway':
        return BAD_GATEWAY
      case 'quota_exhausted': {
        const message =
          'You exceeded your current quota, please check your plan and billing details. For more information on this error, ' +
          'read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors.'
        const body = errorBody(message, 'insufficient_quota', null, 'insufficient_quota')
        return answer(429, body, retryHeaders(refusal.retryAfterMs))
      }
      case 'unauthorized': {
        return answer(401, errorBody(WRONG_KEY, 'invalid_request_error', null, 'invalid_api_key'))
      }
      case 'model_retired': {
        const message = `The model \`${refusal.model}\` has been deprecated, learn more here: https://platform.openai.com/docs/deprecations`
        return answer(404, errorBody(message, 'invalid_request_error', null, 'model_not_found'))
      }
      case 'prompt_filtered': {
        const message =
          'Invalid prompt: your prompt was flagged as potentially violating our usage policy. Please try again with a different prompt.'
        return answer(400, errorBody(message, 'invalid_request_error', null, 'invalid_prompt'))
      }
      case 'model_not_found': {
        const message = `The model \`${refusal.model}\` does not exist or you do not have access to it.`
        return answer(404, errorBody(message, 'invalid_request_error', null, 'model_not_found'))
      }
      case 'context_length': {
        if (isResponses(asked))
          return answer(
            400,
            errorBody(
              'Your input exceeds the context window of this model. Please adjust your input and try again.',
              'invalid_request_error',
              'input',
              'context_length_exceeded',
            ),
          )
        const message =
          `This model's maximum context length is ${refusal.contextWindow} tokens. However, your messages resulted in ` +
          `${refusal.tokens} tokens. Please reduce the length of the messages.`
        return answer(400, errorBody(message, 'invalid_request_error', 'messages', 'context_length_exceeded'))
      }
      default:
        return refusal satisfies never
    }
  },
}
