import type { LimitStates, ServiceError } from '../../provider/index.ts'
import {
  BAD_GATEWAY,
  type BadRequest,
  type ErrorFormat,
  type FailedRequest,
  type WireRequest,
  type WireResponse,
} from '../service.ts'
import type { Problem } from '../shape.ts'
import { snakeCase } from './proto-json.ts'

// Source: https://ai.google.dev/gemini-api/docs/troubleshooting, https://cloud.google.com/apis/design/errors,
// https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/api-errors.

const TYPE_NAMES: Readonly<Record<string, string>> = {
  number: 'TYPE_FLOAT',
  integer: 'TYPE_INT32',
  string: 'TYPE_STRING',
  boolean: 'TYPE_BOOL',
  array: 'a list',
  object: 'a message',
}

/** `contents[0].parts[1].function_call`, as Google writes paths. */
const pathText = (path: Problem['path']): string =>
  path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`
    return text === '' ? snakeCase(step) : `${text}.${snakeCase(step)}`
  }, '')

const valueAt = (body: unknown, path: Problem['path']): unknown =>
  path.reduce<unknown>((value, step) => (value as Record<string | number, unknown> | null | undefined)?.[step], body)

function problemText(problem: Problem, body: unknown, message: string): string {
  const path = pathText(problem.path)
  const field = snakeCase(String(problem.path.findLast((step) => typeof step === 'string') ?? message))
  const given = (): string => JSON.stringify(valueAt(body, problem.path))?.slice(0, 200) ?? ''
  switch (problem.kind) {
    case 'missing':
    case 'empty':
      return `* ${message}.${path}: ${field} is not specified\n`
    case 'unknown': {
      const within = pathText(problem.path.slice(0, -1))
      return `Invalid JSON payload received. Unknown name "${String(problem.path.at(-1))}"${within && ` at '${within}'`}: Cannot find field.`
    }
    case 'type':
      return `Invalid value at '${path}' (${TYPE_NAMES[problem.expected] ?? problem.expected}), ${given()}`
    case 'value':
    case 'pattern':
    case 'short text':
    case 'long text':
      return `Invalid value at '${path}' (${field}), ${given()}`
    case 'below':
    case 'above':
      return `* ${message}.${path}: ${field} is ${problem.given}, which is ${problem.kind} the limit of ${problem.limit}.\n`
    case 'long':
      return `* ${message}.${path}: ${field} has ${problem.given} elements, which is above the limit of ${problem.limit}.\n`
    default:
      return problem satisfies never
  }
}

/**
 * What is wrong with a request, in Google's words.
 *
 * @param message the type of the request, such as `GenerateContentRequest`
 */
export const googleProblem = (problem: Problem, body: unknown, message: string): BadRequest => ({
  kind: 'invalid',
  message: problemText(problem, body, message),
  param: pathText(problem.path),
  code: null,
})

/** A request that is wrong though each of its fields is right. */
export const invalid = (message: string, param: string | null = null): BadRequest => ({
  kind: 'invalid',
  message,
  param,
  code: null,
})

/** Whether a request has no key; a gateway may take it elsewhere. */
export const isWithoutKey = ({ header, query }: Pick<WireRequest, 'header' | 'query'>): boolean =>
  !header('x-goog-api-key') && !query.get('key') && !/^Bearer \S/i.test(header('authorization') ?? '')

/** Headers of every answer. */
export const HEADERS = { 'content-type': 'application/json; charset=UTF-8', vary: 'Origin, X-Origin, Referer' } as const

/** The body of an error: a `google.rpc.Status`. */
export interface Status {
  code: number
  message: string
  status: string
  details?: readonly object[]
}

const TYPE = 'type.googleapis.com/google.rpc.'

/** A span as `google.protobuf.Duration` writes it: `38s`, `0.120s`. */
const spanText = (ms: number): string => `${ms % 1_000 === 0 ? ms / 1_000 : (ms / 1_000).toFixed(3)}s`

const retryInfo = (ms: number): object => ({ '@type': `${TYPE}RetryInfo`, retryDelay: spanText(ms) })

const METRICS: Readonly<Record<string, readonly [metric: string, quota: string]>> = {
  requests: ['generate_content_paid_tier_requests', 'GenerateRequestsPerMinutePerProjectPerModel-PaidTier'],
  concurrency: ['generate_content_paid_tier_requests', 'GenerateRequestsPerMinutePerProjectPerModel-PaidTier'],
  tokens: ['generate_content_paid_tier_input_token_count', 'GenerateContentPaidTierInputTokensPerModelPerMinute'],
  inputTokens: ['generate_content_paid_tier_input_token_count', 'GenerateContentPaidTierInputTokensPerModelPerMinute'],
  outputTokens: [
    'generate_content_paid_tier_output_token_count',
    'GenerateContentPaidTierOutputTokensPerModelPerMinute',
  ],
}

/** 429 with what was exceeded and how long to wait, where a wait helps. */
function quotaStatus(
  model: string,
  [metric, quotaId]: readonly [string, string],
  limit: number | undefined,
  ms?: number,
): Status {
  const name = `generativelanguage.googleapis.com/${metric}`
  const quotaValue = limit === undefined ? {} : { quotaValue: String(limit) }
  return {
    code: 429,
    message:
      'You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: ' +
      `https://ai.google.dev/gemini-api/docs/rate-limits.\n* Quota exceeded for metric: ${name}${
        limit === undefined ? '' : `, limit: ${limit}`
      }, model: ${model}${ms === undefined ? '' : `\nPlease retry in ${ms / 1_000}s.`}`,
    status: 'RESOURCE_EXHAUSTED',
    details: [
      {
        '@type': `${TYPE}QuotaFailure`,
        violations: [{ quotaMetric: name, quotaId, quotaDimensions: { location: 'global', model }, ...quotaValue }],
      },
      {
        '@type': `${TYPE}Help`,
        links: [
          {
            description: 'Learn more about Gemini API quotas',
            url: 'https://ai.google.dev/gemini-api/docs/rate-limits',
          },
        ],
      },
      ...(ms === undefined ? [] : [retryInfo(ms)]),
    ],
  }
}

const limitOf = (limits: LimitStates, kind: string): number | undefined =>
  limits[kind === 'concurrency' ? 'requests' : (kind as keyof LimitStates)]?.limit

const PER_DAY = ['generate_content_paid_tier_requests', 'GenerateRequestsPerDayPerProjectPerModel-PaidTier'] as const

/** Refusals in which the Gemini API says how long to wait; Vertex AI never does. */
export const TELLS_RETRY: readonly ServiceError['kind'][] = ['rate_limited', 'quota_exhausted']

/** A refusal as a status; what is not JSON, or is told in an answer, has none. */
type RefusalWithStatus = Exclude<ServiceError, { kind: 'bad_gateway' | 'prompt_filtered' }>

/** How the Gemini API says that a call was refused. */
function geminiStatus(refusal: RefusalWithStatus, limits: LimitStates, model: string): Status {
  switch (refusal.kind) {
    case 'rate_limited':
      return quotaStatus(model, METRICS[refusal.limit]!, limitOf(limits, refusal.limit), refusal.retryAfterMs)
    case 'request_too_large':
      return quotaStatus(model, METRICS[refusal.limit]!, refusal.perMinute)
    case 'quota_exhausted':
      return quotaStatus(model, PER_DAY, undefined, refusal.retryAfterMs)
    case 'overloaded':
      return { code: 503, message: 'The model is overloaded. Please try again later.', status: 'UNAVAILABLE' }
    case 'server_error':
      return {
        code: 500,
        message:
          refusal.message ??
          'An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide/troubleshooting',
        status: 'INTERNAL',
      }
    case 'unauthorized':
      return {
        code: 400,
        message: 'API key not valid. Please pass a valid API key.',
        status: 'INVALID_ARGUMENT',
        details: [
          {
            '@type': `${TYPE}ErrorInfo`,
            reason: 'API_KEY_INVALID',
            domain: 'googleapis.com',
            metadata: { service: 'generativelanguage.googleapis.com' },
          },
          {
            '@type': `${TYPE}LocalizedMessage`,
            locale: 'en-US',
            message: 'API key not valid. Please pass a valid API key.',
          },
        ],
      }
    case 'model_retired':
      return {
        code: 404,
        message: `This model models/${refusal.model} is no longer available. Please update your code to use a newer model for the latest features and improvements.`,
        status: 'NOT_FOUND',
      }
    case 'model_not_found':
      return {
        code: 404,
        message:
          `models/${refusal.model} is not found for API version v1beta, or is not supported for generateContent. ` +
          'Call ListModels to see the list of available models and their supported methods.',
        status: 'NOT_FOUND',
      }
    case 'context_length':
      return {
        code: 400,
        message: `The input token count (${refusal.tokens}) exceeds the maximum number of tokens allowed (${refusal.contextWindow}).`,
        status: 'INVALID_ARGUMENT',
      }
    default:
      return refusal satisfies never
  }
}

/** How Vertex AI says it, where it says it otherwise. */
function vertexStatus(refusal: RefusalWithStatus, limits: LimitStates, model: string): Status {
  switch (refusal.kind) {
    case 'rate_limited':
    case 'request_too_large':
    case 'quota_exhausted':
      return {
        code: 429,
        message:
          'Resource exhausted. Please try again later. Please refer to ' +
          'https://cloud.google.com/vertex-ai/generative-ai/docs/error-code-429 for more details.',
        status: 'RESOURCE_EXHAUSTED',
      }
    case 'unauthorized':
      return {
        code: 401,
        message:
          'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid ' +
          'authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.',
        status: 'UNAUTHENTICATED',
        details: [
          {
            '@type': `${TYPE}ErrorInfo`,
            reason: 'ACCESS_TOKEN_EXPIRED',
            domain: 'googleapis.com',
            metadata: { service: 'aiplatform.googleapis.com' },
          },
        ],
      }
    case 'model_not_found':
    case 'model_retired':
      return {
        code: 404,
        message:
          `Publisher Model \`publishers/google/models/${refusal.model}\` was not found or your project does not have access to it. ` +
          'Please ensure you are using a valid model version. For more information, see: ' +
          'https://cloud.google.com/vertex-ai/generative-ai/docs/learn/model-versions',
        status: 'NOT_FOUND',
      }
    default:
      return geminiStatus(refusal, limits, model)
  }
}

/** What is wrong with a bad request, as a status. */
function badStatus(problem: BadRequest): Status {
  switch (problem.kind) {
    case 'not_json':
      return { code: 400, message: 'Invalid JSON payload received. Unexpected token.\n', status: 'INVALID_ARGUMENT' }
    case 'too_large':
      return {
        code: 400,
        message: `Request payload size exceeds the limit: ${problem.limit} bytes.`,
        status: 'INVALID_ARGUMENT',
      }
    case 'unauthorized':
      return {
        code: 403,
        message:
          "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of " +
          'API consumer identity to call this API.',
        status: 'PERMISSION_DENIED',
      }
    case 'not_found':
      return { code: 404, message: problem.message, status: 'NOT_FOUND' }
    case 'invalid': {
      const details =
        problem.param === null
          ? {}
          : {
              details: [
                {
                  '@type': `${TYPE}BadRequest`,
                  fieldViolations: [{ field: problem.param, description: problem.message }],
                },
              ],
            }
      return { code: 400, message: problem.message, status: 'INVALID_ARGUMENT', ...details }
    }
    default:
      return problem satisfies never
  }
}

/** Google's errors at one of its addresses, written in one of its ways. */
const errorsOf = (statusOf: typeof geminiStatus, write: (body: object, asked: unknown) => string): ErrorFormat => {
  const answer = (status: Status, asked?: unknown): WireResponse => ({
    status: status.code,
    headers: { ...HEADERS },
    body: write({ error: status }, asked),
  })
  return {
    bad: (problem) => answer(badStatus(problem)),
    refusal(refusal, limits, { model, requestId, asked }: FailedRequest) {
      if (refusal.kind === 'bad_gateway') return BAD_GATEWAY
      if (refusal.kind !== 'prompt_filtered') return answer(statusOf(refusal, limits, model), asked)
      const headers = isEvents(asked) ? { ...HEADERS, 'content-type': 'text/event-stream' } : { ...HEADERS }
      return { status: 200, headers, body: write(blockedPrompt(model, requestId), asked) }
    },
  }
}

const isEvents = (asked: unknown): boolean => (asked as Framing | undefined)?.frames === 'events'

/** The answer to a prompt that the service's filter does not let through. It is no error. */
const blockedPrompt = (model: string, requestId: string): object => ({
  promptFeedback: { blockReason: 'PROHIBITED_CONTENT' },
  usageMetadata: { promptTokenCount: 0, totalTokenCount: 0 },
  modelVersion: model,
  responseId: requestId,
})

/** How the parts of a stream are written: as events, or as the elements of an array. */
export interface Framing {
  frames?: 'events' | 'array'
}

const written = (body: object, asked: unknown): string => {
  const text = JSON.stringify(body, null, 2)
  if ((asked as Framing | undefined)?.frames === 'array') return `[${text}\n]\n`
  return isEvents(asked) && 'promptFeedback' in body ? `data: ${JSON.stringify(body)}\n\n` : `${text}\n`
}

/** Errors of the Gemini API. */
export const geminiErrors: ErrorFormat = errorsOf(geminiStatus, written)
/** Errors of Vertex AI. */
export const vertexErrors: ErrorFormat = errorsOf(vertexStatus, written)
/** Errors at the addresses that are compatible with OpenAI: in a list. */
export const listedErrors: ErrorFormat = errorsOf(geminiStatus, (body) => `${JSON.stringify([body], null, 2)}\n`)
