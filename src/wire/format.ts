import type { CallRequest, LimitStates, Piece, Refusal, Reply } from '../provider/index.ts'

/** A response before its body. Header names are in lower case. */
export interface ResponseHead {
  status: number
  headers: Record<string, string>
}

/** A whole response. */
export interface WireResponse extends ResponseHead {
  body: string
}

/** A request as it came, after its JSON was read. */
export interface WireRequest {
  /** The service as the user calls it, such as `openai`. */
  provider: string
  body: Readonly<Record<string, unknown>>
  /** Whether what the service's reference does not name is refused; vendors that are compatible take fields and values of their own. */
  strict: boolean
  /** A hash of the body, which tells retries from new requests. */
  fingerprint: string
  header(name: string): string | undefined
}

/** A request that the service refuses before it becomes a call. */
export type BadRequest =
  | { kind: 'not_json' }
  | { kind: 'too_large'; limit: number }
  | { kind: 'unauthorized' }
  | { kind: 'invalid'; message: string; param: string | null; code: string | null }

/** One wire format: pure translation between bytes and calls. */
export interface WireFormat {
  /** The path of the operation below the service's base URL. */
  readonly path: string
  readonly operation: string
  /** What a request says of its sender. Later ones count less. */
  callerHints(body: Readonly<Record<string, unknown>>): readonly string[]
  /** Translates a request, or says what is wrong with it. */
  parse(request: WireRequest): CallRequest | BadRequest
  /** The answer to a bad request. */
  bad(problem: BadRequest, requestId: string): WireResponse
  refusal(refusal: Refusal, limits: LimitStates, request: CallRequest): WireResponse
  /** Status and headers of an answer. */
  head(reply: Reply, limits: LimitStates, request: CallRequest): ResponseHead
  /** The whole body of an answer. */
  whole(reply: Reply, request: CallRequest): string
  /** The first, middle and last parts of a streamed body. */
  streamHead(reply: Reply, request: CallRequest): string
  streamPiece(piece: Piece, reply: Reply, request: CallRequest): string
  streamTail(reply: Reply, request: CallRequest): string
  /** A piece of a streamed body with data that are not as they should be. */
  frame(data: string): string
}

/** Whether a request could not be translated. */
export const isBad = (parsed: CallRequest | BadRequest): parsed is BadRequest => 'kind' in parsed

/** What is wrong with a request, in a sentence for the trace. */
export function badText(problem: BadRequest): string {
  switch (problem.kind) {
    case 'not_json':
      return 'The body is not a JSON object.'
    case 'too_large':
      return `The body is larger than ${problem.limit} bytes.`
    case 'unauthorized':
      return 'The request has no API key.'
    case 'invalid':
      return problem.message
    default:
      return problem satisfies never
  }
}

/** Reads the header with which the official SDKs count their retries. */
export const retryCountOf = (header: WireRequest['header']): number =>
  Number.parseInt(header('x-stainless-retry-count') ?? '0', 10) || 0

/** A page such as gateways send in place of an answer. */
export const BAD_GATEWAY: WireResponse = {
  status: 502,
  headers: { 'content-type': 'text/html' },
  body: '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n',
}
