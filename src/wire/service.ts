import type { Answer, CallRequest, LimitStates, Piece, RefusedRequest, Reply, ServiceError } from '../provider/index.ts'
import type { Chunk } from './chunk.ts'
import type { Feed } from './feed.ts'
import type { ResourceStore } from './resource-store.ts'

/** A response before its body. Header names are in lower case. */
export interface ResponseHead {
  status: number
  headers: Record<string, string>
}

/** A whole response. */
export interface WireResponse extends ResponseHead {
  body: Chunk
}

/** A request as it came, after its JSON was read. */
export interface WireRequest {
  /** The service as the user calls it, such as `openai`. */
  provider: string
  method: string
  /** What the placeholders of the path's pattern stand for. */
  params: Readonly<Record<string, string>>
  query: URLSearchParams
  /** Empty where the request has no body. */
  body: Readonly<Record<string, unknown>>
  /** The body as it came, for those that are no JSON. */
  text: string
  /** Whether what the service's reference does not name is refused; vendors that are compatible take fields and values of their own. */
  strict: boolean
  /** A hash of the body, which tells retries from new requests. */
  fingerprint: string
  /** Unix time in milliseconds. */
  now: number
  header(name: string): string | undefined
  /** What the service keeps from one request to the next. */
  resources: ResourceStore
  /** Makes an id: unique, and the same for the same seed. */
  id(): string
}

/** A request that the service refuses before it becomes a call. */
export type BadRequest =
  | { kind: 'not_json' }
  | { kind: 'too_large'; limit: number }
  /** It has no key, or one of which something is to be said. */
  | { kind: 'unauthorized'; message?: string; code?: string }
  /** What the path or the body names is not there. */
  | { kind: 'not_found'; message: string; param?: string | null; code?: string | null }
  | { kind: 'invalid'; message: string; param: string | null; code: string | null }

/** What the service has and longhaul lacks. */
export interface Lacking {
  kind: 'unsimulated'
  /** Says so in longhaul's own name, and what to do. */
  message: string
}

/** How a service says that something is wrong; the same at all its endpoints. */
export interface ErrorFormat {
  /**
   * The answer to a bad request.
   *
   * @param requestId unique among all requests
   */
  bad(problem: BadRequest, requestId: string): WireResponse
  refusal(refusal: ServiceError, limits: LimitStates, request: FailedRequest): WireResponse
}

/** What an error tells of the request that it answers. */
export interface FailedRequest {
  model: string
  /** Unique among all requests. */
  requestId: string
  /** What the endpoint has to know of the request. */
  asked?: unknown
}

/** What an endpoint is asked by. */
interface EndpointAt {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below the service's base URL: `/models/{model}`, `/models/{model}:generateContent`. */
  path: string
  /** The endpoint in a word, for the trace: `chat.completions`. */
  operation: string
  /** Where its errors are not those of the service. */
  errors?: ErrorFormat
}

/** Writes an answer as a stream. Made anew for each answer, as events carry numbers. */
export interface StreamEncoder {
  head(): Chunk
  piece(piece: Piece): Chunk
  tail(): Chunk
  /** An error in place of the rest; the connection is then closed in good order. */
  error(refusal: ServiceError): Chunk
  /** What shows that the connection lives, while nothing else is to be said. Default: a comment, where events are sent. */
  ping?(): Chunk
  /** A piece of the stream whose data are not as they should be. */
  frame(data: string): Chunk
}

/** A request that was understood. */
export interface Parsed<Asked> {
  call: CallRequest
  /** What the format itself has to know of the request to write its answer. */
  asked: Asked
  /** Where the client does not wait for the answer. */
  detached?: Detached
}

/** A call whose answer is fetched later. What keeps it from being taken in is answered at once, as at all endpoints. */
export interface Detached {
  /** The call is on its way; `stop` ends it. */
  started(stop: () => void): void
  /** The service has taken it in: what the client gets at once. */
  accepted(): WireResponse | Streamed
  received(part: Answer): void
}

/** An answer that is read from a stream which others may read too. */
export interface Streamed {
  feed: Feed
  /** Number of the first part that is read, from 0. */
  from: number
  headers: Record<string, string>
}

/** An endpoint at which a model answers: a translation around a call and its reply. */
export interface Generation<Asked = unknown> extends EndpointAt {
  kind: 'generation'
  /** What a request says of its sender. Later ones count less. */
  callerHints(body: Readonly<Record<string, unknown>>): readonly string[]
  /** Translates a request, or says what is wrong with it. */
  parse(request: WireRequest): Parsed<Asked> | BadRequest
  /** Status and headers of an answer. */
  head(reply: Reply, limits: LimitStates, asked: Asked): ResponseHead
  /** The whole body of an answer. */
  whole(reply: Reply, asked: Asked): Chunk
  stream(reply: Reply, asked: Asked): StreamEncoder
  /** Keeps a whole answer, for what later requests ask of it. */
  keep?(reply: Reply, asked: Asked, resources: ResourceStore): void
}

/** What a resource may do beside answering. */
export interface ServiceContext {
  /** What is kept for the service. */
  resources: ResourceStore
  /** The service as the user calls it. */
  provider: string
  /** Where a client's base URL leads here, for addresses in answers. */
  baseURL: string
  /** Models that the provider has at this service, where they have a name of their own. */
  models: readonly { id: string; contextWindow: number }[]
  /** A model that the provider serves, by any of its names, which is its id then. */
  model(id: string): { id: string; contextWindow: number } | undefined
  /** Input tokens of a call, were it made. */
  count(call: CallRequest): number
  /** Unix time in milliseconds. */
  now(): number
  /** Does something later, in the time of the run. */
  after(ms: number, action: () => void): void
  /** Unique, and the same for the same seed. */
  id(): string
  /**
   * Asks an endpoint of the service, by its path below the base URL, as a client would; `undefined` where nothing is simulated there.
   *
   * @param options.batch whether the call is part of a batch, and costs half
   * @param options.signal goes away from the call, whose promise then stays open
   */
  request(
    path: string,
    body: Readonly<Record<string, unknown>>,
    options?: { batch?: boolean; signal?: AbortSignal },
  ): Promise<WireResponse> | undefined
}

/** An endpoint for something small that a service keeps or counts: models, files, stored answers. It costs nothing and fails by no chance. */
export interface Resource extends EndpointAt {
  kind: 'resource'
  answer(request: WireRequest, context: ServiceContext): WireResponse | Streamed | BadRequest | Lacking
}

/** The service's end of a connection over which a client and a model talk. */
export interface LiveConnection {
  /** Whether the provider serves a model, by any of its names. */
  hasModel(id: string): boolean
  send(event: string): void
  /** @param code of RFC 6455 */
  close(code: number, reason: string): void
  /** The connection breaks. */
  cut(): void
  /**
   * Has the model answer; the parts come when the clock says so.
   *
   * @returns what to call to have it stop
   */
  generate(call: Omit<CallRequest, 'fingerprint'>, receive: (part: Answer) => void): () => void
  /** Tells in the trace of something that a client asked and that is refused before it becomes a call. */
  refused(why: Pick<RefusedRequest, 'status' | 'reason' | 'message' | 'model' | 'callerHints'>): void
  /** Tells in the trace of something small that is answered, and is no call. */
  answered(operation: string): void
  /** Remembers in whose name the present code runs, for what is done later. */
  inName(): (action: () => void) => void
  /** Unix time in milliseconds. */
  now(): number
  /** Does something when a service would have answered that has no work with it, if the connection is still there. */
  soon(action: () => void): void
  /** Does something later, in the time of the run, if the connection is still there. */
  after(ms: number, action: () => void): void
}

/** What a service makes of what a client sends over a connection. */
export interface LiveSession {
  received(text: string): void
  closed(): void
}

/** An endpoint at which a client and a model talk over a WebSocket. Each answer of the model is a call. */
export interface Live extends EndpointAt {
  kind: 'live'
  method: 'GET'
  /** Reads the request to connect, and gives what begins the session when the client is connected. */
  open(request: WireRequest): ((connection: LiveConnection) => LiveSession) | BadRequest | Lacking
}

/** One thing that a service may be asked. */
export type Endpoint = Generation<any> | Resource | Live

/** A model service: where it is, and what it may be asked. */
export interface Service {
  /** As the user calls it, and as the table of prices knows it. */
  name: string
  /** Where its SDK goes where nobody says otherwise. */
  baseURL: string
  /** The service's own hosts, with the port where it is not the protocol's own: there it validates as its reference says. */
  hosts: RegExp
  /** Paths at those hosts below which the endpoints are, with placeholders; the first that fits counts. Default: that of the base URL. */
  bases?: readonly string[]
  /** Whether it refuses at its own hosts what its reference does not name. Default true. */
  strict?: boolean
  /** Whose models it serves, as the table of prices calls them; `*` for any that it is asked for, at no price. Default: its own. */
  catalogue?: string
  /**
   * How its limit on tokens counts the requested maximum of generated tokens on arrival: the larger of prompt and
   * maximum, or their sum. Default: it counts the prompt only.
   */
  reserves?: 'larger' | 'sum'
  endpoints: readonly Endpoint[]
  /**
   * First parts of the paths, below the base URL, that the service has beside those that are simulated. What is neither here nor
   * simulated the service does not have, and says so itself; where the list is left out, nobody knows.
   */
  beside?: readonly string[]
  /** The header that tells how long an answer took. */
  took?: string
  errors: ErrorFormat
}

/** Whether an answer is read from a stream. */
export const isStreamed = (answer: object): answer is Streamed => 'feed' in answer

/** Whether a request could not be translated. */
export const isBad = (parsed: object): parsed is BadRequest | Lacking => 'kind' in parsed

/** What is wrong with a request, in a sentence for the trace. */
export function badText(problem: BadRequest): string {
  switch (problem.kind) {
    case 'not_json':
      return 'The body is not a JSON object.'
    case 'too_large':
      return `The body is larger than ${problem.limit} bytes.`
    case 'unauthorized':
      return problem.message ?? 'The request has no API key.'
    case 'not_found':
    case 'invalid':
      return problem.message
    default:
      return problem satisfies never
  }
}

/** How the trace calls what is wrong with a request. */
export const REFUSED_AS = {
  not_json: 'malformed',
  too_large: 'too_large',
  unauthorized: 'unauthorized',
  not_found: 'invalid',
  invalid: 'invalid',
} as const satisfies Record<BadRequest['kind'], RefusedRequest['reason']>

/** Reads the header with which the official SDKs count their retries. */
export const retryCountOf = (header: WireRequest['header']): number =>
  Number.parseInt(header('x-stainless-retry-count') ?? '0', 10) || 0

/** A page such as gateways send in place of an answer. */
export const BAD_GATEWAY: WireResponse = {
  status: 502,
  headers: { 'content-type': 'text/html' },
  body: '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n',
}

/** A page such as gateways and portals send with a status that says that all is well. */
export const HTML_PAGE: WireResponse = {
  status: 200,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: '<!doctype html>\r\n<html>\r\n<head><title>Just a moment...</title></head>\r\n<body><p>Checking your connection.</p></body>\r\n</html>\r\n',
}

/** A whole answer in JSON. */
export const jsonResponse = (body: unknown, headers: Record<string, string> = {}, status = 200): WireResponse => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
})
