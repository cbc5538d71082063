import { openaiErrors } from '../openai/errors.ts'
import type { ErrorFormat, WireResponse } from '../service.ts'
import { headersOf } from './limits.ts'
import type { Cause, Vendor, VendorError, VendorErrors } from './vendor.ts'

/** What OpenAI would have said, or nothing where it is a page of a gateway. */
function errorIn({ headers, body }: WireResponse): VendorError | undefined {
  if (headers['content-type'] !== 'application/json') return undefined
  return (JSON.parse(String(body)) as { error: VendorError }).error
}

/** What OpenAI says of itself, as others would say it. */
const NEUTRAL: NonNullable<VendorErrors['texts']> = {
  unauthorized: { message: 'Invalid API key provided.' },
  quota_exhausted: { message: 'You have exceeded your quota. Please check your plan and billing details.' },
  request_too_large: {
    message: 'Request too large for {model} on tokens per minute (TPM): Limit {limit}, Requested {requested}.',
  },
  model_retired: { message: 'The model `{model}` is no longer available.' },
  prompt_filtered: { message: 'The prompt was flagged as a violation of the usage policy.' },
  server_error: { message: 'The server had an error while processing your request.' },
}

/** A text of ours with the values that its placeholders name. */
const filled = (text: string, named: Readonly<Record<string, unknown>>): string =>
  text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => (Object.hasOwn(named, name) ? String(named[name]) : whole))

/** The errors of a vendor: OpenAI's, in its own words where it has some, and in its own shape. */
export function errorsOf({ errors = {}, limits: names }: Pick<Vendor, 'errors' | 'limits'>): ErrorFormat {
  const { texts = {}, body = (error: VendorError) => ({ error }) } = errors
  const inOwnWords = (
    response: WireResponse,
    cause: Cause,
    named: Readonly<Record<string, unknown>>,
    headers: Record<string, string>,
  ): WireResponse => {
    const error = errorIn(response)
    if (!error) return response
    const { status = response.status, ...own } = { ...NEUTRAL[cause], ...texts[cause] }
    const said = { ...error, ...own, message: own.message === undefined ? error.message : filled(own.message, named) }
    const { 'content-type': type = 'application/json', 'retry-after': wait } = response.headers
    return {
      status,
      headers: { 'content-type': type, ...headers, ...(wait !== undefined && { 'retry-after': wait }) },
      body: JSON.stringify(body(said, status)),
    }
  }
  return {
    bad: (problem, requestId) =>
      inOwnWords(openaiErrors.bad(problem, requestId), problem.kind, { model: '' }, headersOf(requestId, {}, names)),
    refusal(refusal, limits, request) {
      const response = openaiErrors.refusal(refusal, limits, request)
      const excess =
        refusal.kind === 'request_too_large' ? { limit: refusal.perMinute, requested: refusal.requested } : {}
      const named = { model: request.model, ...excess }
      return inOwnWords(response, refusal.kind, named, headersOf(request.requestId, limits, names))
    },
  }
}
