import { openaiErrors } from '../openai/errors.ts'
import { BAD_GATEWAY, type BadRequest, type ErrorFormat, type WireResponse } from '../service.ts'
import { FILTERED, filterResults } from './content-filter.ts'

// Source: https://learn.microsoft.com/azure/ai-foundry/openai/reference, …/concepts/content-filter, …/how-to/quota.

/** Headers of OpenAI's that Azure does not send, and those that it sends in their place. */
export function azureHeaders(headers: Readonly<Record<string, string>>, requestId: string): Record<string, string> {
  const own = Object.entries(headers).filter(([name]) => !name.startsWith('openai-'))
  return { ...Object.fromEntries(own), 'apim-request-id': requestId, 'x-ms-region': 'East US' }
}

/** A code that Azure's gateway itself answers with; its errors have no `type` and no `param`. */
const GATEWAY = { missingVersion: '404', noDeployment: 'DeploymentNotFound' } as const

/** What names no address. */
export const notFound: BadRequest = { kind: 'not_found', message: 'Resource not found', code: GATEWAY.missingVersion }

const NO_DEPLOYMENT =
  'The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a ' +
  'moment and try again.'

const MINUTE_MS = 60_000

const seconds = (ms: number): number => Math.max(1, Math.ceil(ms / 1_000))

/** An error of the gateway. */
const gateway = (
  status: number,
  code: string,
  message: string,
  { headers }: Pick<WireResponse, 'headers'>,
  requestId: string,
): WireResponse => ({
  status,
  headers: azureHeaders(headers, requestId),
  body: JSON.stringify({ error: { code, message } }),
})

const limitText = (ms: number, what: string): string =>
  `Requests to the ChatCompletions_Create Operation under Azure OpenAI API have exceeded ${what} rate limit of your current OpenAI S0 ` +
  `pricing tier. Please retry after ${seconds(ms)} seconds. Please go here: https://aka.ms/oai/quotaincrease if you would like to ` +
  'further increase the default rate limit.'

/** The 400 of the filter. */
const filtered = ({ headers }: WireResponse, requestId: string): WireResponse => ({
  status: 400,
  headers: azureHeaders(headers, requestId),
  body: JSON.stringify({
    error: {
      message:
        "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt " +
        'and retry. To learn more about our content filtering policies please read our documentation: ' +
        'https://go.microsoft.com/fwlink/?linkid=2198766',
      type: null,
      param: 'prompt',
      code: 'content_filter',
      status: 400,
      innererror: { code: 'ResponsibleAIPolicyViolation', content_filter_result: filterResults(FILTERED, 'prompt') },
    },
  }),
})

/** Azure's errors: OpenAI's, and those of the gateway before it. */
export const azureErrors: ErrorFormat = {
  bad(problem, requestId) {
    const own = openaiErrors.bad(problem, requestId)
    if (problem.kind === 'unauthorized')
      return gateway(
        401,
        '401',
        'Access denied due to missing subscription key. Make sure to include subscription key when making requests to an API.',
        own,
        requestId,
      )
    if (problem.kind === 'not_found' && problem.code === GATEWAY.missingVersion)
      return gateway(404, problem.code, problem.message, own, requestId)
    return { ...own, headers: azureHeaders(own.headers, requestId) }
  },

  refusal(refusal, limits, request) {
    if (refusal.kind === 'bad_gateway') return BAD_GATEWAY
    const { requestId } = request
    const own = openaiErrors.refusal(refusal, limits, request)
    const answer = (status: number, code: string, message: string, more: Record<string, string> = {}): WireResponse =>
      gateway(status, code, message, { headers: { ...own.headers, ...more } }, requestId)
    switch (refusal.kind) {
      case 'rate_limited': {
        const what = refusal.limit === 'requests' || refusal.limit === 'concurrency' ? 'call' : 'token'
        return answer(429, '429', limitText(refusal.retryAfterMs, what))
      }
      case 'request_too_large':
        // Azure promises that a wait helps, though it does not.
        return answer(429, '429', limitText(MINUTE_MS, 'token'))
      case 'quota_exhausted': {
        const wait = {
          'retry-after': String(seconds(refusal.retryAfterMs)),
          'retry-after-ms': String(refusal.retryAfterMs),
        }
        return answer(429, '429', limitText(refusal.retryAfterMs, 'token'), wait)
      }
      case 'overloaded':
        return answer(
          503,
          'ServiceUnavailable',
          'The service is temporarily unable to process your request. Please try again later.',
        )
      case 'server_error':
        return answer(
          500,
          'InternalServerError',
          refusal.message ?? 'The server had an error while processing your request. Sorry about that!',
        )
      case 'unauthorized':
        return answer(
          401,
          '401',
          'Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active ' +
            'subscription and use a correct regional API endpoint for your resource.',
        )
      case 'model_not_found':
        return answer(404, GATEWAY.noDeployment, NO_DEPLOYMENT)
      case 'model_retired':
        return answer(
          410,
          'ModelDeprecated',
          `The model of the deployment '${refusal.model}' has been retired and is no longer available for inference.`,
        )
      case 'prompt_filtered':
        return filtered(own, requestId)
      case 'context_length':
        return { ...own, headers: azureHeaders(own.headers, requestId) }
      default:
        return refusal satisfies never
    }
  },
}
