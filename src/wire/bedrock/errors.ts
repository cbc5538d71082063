import type { ServiceError } from '../../provider/index.ts'
import { BAD_GATEWAY, type BadRequest, type ErrorFormat, type WireRequest, type WireResponse } from '../service.ts'
import type { Problem } from '../shape.ts'

// Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/CommonErrors.html, …/API_runtime_Converse.html (errors),
// https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html.

/** What is wrong with a request, in the words of AWS' own validation. */
export function problemText({ path, ...problem }: Problem): string {
  const place = path.join('.')
  const failed = `failed to satisfy constraint: Member must`
  switch (problem.kind) {
    case 'missing':
      return `1 validation error detected: Value null at '${place}' ${failed} not be null`
    case 'unknown':
      return `The format of your request is incorrect: extraneous key [${String(path.at(-1))}] is not permitted at ${place}.`
    case 'type':
      return `Unexpected field type: ${place} should be ${problem.expected}, not ${problem.given}.`
    case 'empty':
      return `1 validation error detected: Value '[]' at '${place}' ${failed} have length greater than or equal to 1`
    case 'long':
      return `1 validation error detected: Value at '${place}' ${failed} have length less than or equal to ${problem.limit}`
    case 'below':
      return `1 validation error detected: Value '${problem.given}' at '${place}' ${failed} have value greater than or equal to ${problem.limit}`
    case 'above':
      return `1 validation error detected: Value '${problem.given}' at '${place}' ${failed} have value less than or equal to ${problem.limit}`
    case 'value':
      return `1 validation error detected: Value '${problem.given}' at '${place}' ${failed} satisfy enum value set: [${problem.among.join(', ')}]`
    case 'pattern':
      return `1 validation error detected: Value at '${place}' ${failed} satisfy regular expression pattern: ${problem.pattern}`
    case 'short text':
      return `1 validation error detected: Value '' at '${place}' ${failed} have length greater than or equal to 1`
    case 'long text':
      return `1 validation error detected: Value at '${place}' ${failed} have length less than or equal to ${problem.limit}`
    default:
      return problem satisfies never
  }
}

/** A request that is wrong. */
export const invalid = (message: string): BadRequest => ({ kind: 'invalid', message, param: null, code: null })

/** Whether nobody has signed a request. Whose signature it is, and whether it is right, is not asked. */
export const isUnsigned = ({ header, query }: Pick<WireRequest, 'header' | 'query'>): boolean =>
  !header('authorization') && !query.get('X-Amz-Signature')

/** A request's id as AWS writes it. */
const uuidOf = (id: string): string => {
  const digits = `${id}${id}`.padEnd(32, '0')
  return [
    [0, 8],
    [8, 12],
    [12, 16],
    [16, 20],
    [20, 32],
  ]
    .map(([from, to]) => digits.slice(from, to))
    .join('-')
}

/** Headers of every answer. */
export const commonHeaders = (requestId: string): Record<string, string> => ({
  'content-type': 'application/json',
  'x-amzn-requestid': uuidOf(requestId),
})

/** One kind of error: its HTTP status, the name of its class, and what it says. */
interface Exception {
  status: number
  name: string
  message: string
}

/** What refuses a call, as an exception. */
export function exceptionOf(refusal: Exclude<ServiceError, { kind: 'bad_gateway' }>): Exception {
  switch (refusal.kind) {
    case 'rate_limited': {
      const many = refusal.limit === 'requests' || refusal.limit === 'concurrency' ? 'requests' : 'tokens'
      const message = `Too many ${many}, please wait before trying again.`
      return { status: 429, name: 'ThrottlingException', message }
    }
    case 'request_too_large':
      return {
        status: 429,
        name: 'ThrottlingException',
        message: 'Too many tokens, please wait before trying again.',
      }
    case 'quota_exhausted':
      return {
        status: 429,
        name: 'ThrottlingException',
        message: 'Too many tokens per day, please wait before trying again.',
      }
    case 'overloaded':
      return {
        status: 503,
        name: 'ServiceUnavailableException',
        message: 'Bedrock is unable to process your request.',
      }
    case 'server_error':
      return {
        status: 500,
        name: 'InternalServerException',
        message:
          refusal.message ?? 'The system encountered an unexpected error during processing. Try your request again.',
      }
    case 'unauthorized':
      return {
        status: 403,
        name: 'ExpiredTokenException',
        message: 'The security token included in the request is expired',
      }
    case 'model_retired':
      return {
        status: 404,
        name: 'ResourceNotFoundException',
        message:
          'This model version has reached the end of its life. Please refer to the AWS documentation for more details.',
      }
    case 'model_not_found':
      return { status: 400, name: 'ValidationException', message: 'The provided model identifier is invalid.' }
    case 'context_length':
      return { status: 400, name: 'ValidationException', message: 'Input is too long for requested model.' }
    case 'prompt_filtered':
      return { status: 400, name: 'ValidationException', message: 'Output blocked by content filtering policy' }
    default:
      return refusal satisfies never
  }
}

function exceptionOfBad(problem: BadRequest): Exception {
  switch (problem.kind) {
    case 'not_json':
      return { status: 400, name: 'SerializationException', message: 'The body is not valid JSON.' }
    case 'too_large':
      return {
        status: 413,
        name: 'RequestEntityTooLargeException',
        message: `The request is larger than ${problem.limit} bytes.`,
      }
    case 'unauthorized':
      return { status: 403, name: 'MissingAuthenticationTokenException', message: 'Missing Authentication Token' }
    case 'not_found':
      return { status: 404, name: 'ResourceNotFoundException', message: problem.message }
    case 'invalid':
      return { status: 400, name: 'ValidationException', message: problem.message }
    default:
      return problem satisfies never
  }
}

const answer = ({ status, name, message }: Exception, requestId: string): WireResponse => ({
  status,
  headers: {
    ...commonHeaders(requestId),
    'x-amzn-errortype': `${name}:http://internal.amazon.com/coral/com.amazon.bedrock/`,
  },
  body: JSON.stringify({ message }),
})

/** Bedrock's errors. */
export const bedrockErrors: ErrorFormat = {
  bad: (problem, requestId) => answer(exceptionOfBad(problem), requestId),
  refusal: (refusal, _, { requestId }) =>
    refusal.kind === 'bad_gateway' ? BAD_GATEWAY : answer(exceptionOf(refusal), requestId),
}
