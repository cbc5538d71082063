import {
  REFUSAL_MS,
  type Answer,
  type Damage,
  type LimitStates,
  type Provider,
  type RefusedRequest,
  type Reply,
} from '../provider/index.ts'
import {
  badText,
  HTML_PAGE,
  isBad,
  isStreamed,
  REFUSED_AS,
  unsimulatedResponse,
  unsimulatedText,
  type BadRequest,
  type Chunk,
  type Generation,
  type Lacking,
  type Resource,
  type ResponseHead,
  type StreamEncoder,
  type WireRequest,
  type WireResponse,
} from '../wire/index.ts'
import { serviceContextOf, resourcesOf } from './service-context.ts'
import { answerDetached, sendStreamed } from './detached.ts'
import { fingerprintOf } from './fingerprint.ts'
import { FragmentedSink } from './fragments.ts'
import type { Incoming } from './incoming.ts'
import { nestsDeeper } from './nesting.ts'
import { httpDate } from './http-date.ts'
import { atPace, refusedAtPace } from './pace.ts'
import { withRetryAfter } from './retry-after.ts'
import type { Route } from './routes.ts'
import type { Exchange, Sink } from './sink.ts'

/** Bodies above this are refused, as the real services do. Bytes. */
export const MAX_BODY = 32 * 1024 * 1024
const GARBAGE = '{"id": "\u0000'

const NO_WEBSOCKET = 'This endpoint is a WebSocket. Connect by wss: instead of sending an HTTP request.'

/** Lists and blocks of a body that may stand within one another. */
const MAX_LEVELS = 200

/** Answers a request: the one loop between wire and provider that all mounts share. All is answered when the clock says so. */
export function answer(provider: Provider, incoming: Incoming, sink: Sink): Exchange {
  const { wait } = provider.gate
  return wait ? answerAfter(wait, () => answerNow(provider, incoming, sink)) : answerNow(provider, incoming, sink)
}

/** Answers later, unless the client has gone away by then. */
function answerAfter(wait: Promise<void>, begin: () => Exchange): Exchange {
  let hasLeft = false
  let exchange: Exchange | undefined
  void wait.then(() => {
    if (!hasLeft) exchange = begin()
  })
  return {
    disconnect() {
      hasLeft = true
      exchange?.disconnect()
    },
  }
}

function answerNow(provider: Provider, incoming: Incoming, sink: Sink): Exchange {
  try {
    return answerIt(provider, incoming, sink)
  } catch (error) {
    // Whatever a body holds: who cannot read it refuses it, as a service does, and says in the trace why.
    const { route, method } = incoming
    provider.trace.append({
      type: 'note',
      text: `longhaul could not read the request ${method} ${route.path}: ${String(error)}`,
    })
    const message = 'The body contains values of wrong types.'
    const problem = { kind: 'invalid', message, param: null, code: null } as const
    const errors = route.endpoint?.errors ?? route.address.service.errors
    const response = errors.bad(problem, provider.requestId())
    return { disconnect: provider.clock.after(REFUSAL_MS, () => sendWhole(sink, response, provider)) }
  }
}

function answerIt(provider: Provider, incoming: Incoming, sink: Sink): Exchange {
  const { method, route, header, text } = incoming
  const { endpoint, address, path } = route
  const agent = header('x-longhaul-agent')
  /** Refuses the request, on the record. */
  const refuse = (
    response: WireResponse,
    why: Pick<RefusedRequest, 'reason' | 'message'> & Partial<RefusedRequest>,
  ): Exchange => {
    provider.refuse({
      provider: route.provider,
      host: route.host,
      method,
      path,
      agent,
      ...why,
      status: response.status,
    })
    return { disconnect: provider.clock.after(REFUSAL_MS, () => sendWhole(sink, response, provider)) }
  }
  if (!endpoint) {
    const { baseURL, service } = address
    const message = unsimulatedText({ method, path, provider: route.provider, baseURL, endpoints: service.endpoints })
    const asTheService = (): WireResponse =>
      address.service.errors.bad(
        { kind: 'not_found', message: `Invalid URL (${method} ${path})` },
        provider.requestId(),
      )
    return refuse(route.isNowhere ? asTheService() : unsimulatedResponse(message), { reason: 'unsimulated', message })
  }
  const errors = endpoint.errors ?? address.service.errors
  let fingerprint: string | undefined
  const refuseBad = (problem: BadRequest | Lacking, body: Readonly<Record<string, unknown>> = {}): Exchange => {
    if (problem.kind === 'unsimulated')
      return refuse(unsimulatedResponse(problem.message), { reason: problem.kind, message: problem.message })
    return refuse(errors.bad(problem, provider.requestId()), {
      reason: REFUSED_AS[problem.kind],
      message: badText(problem),
      model: typeof body['model'] === 'string' ? body['model'] : undefined,
      callerHints: endpoint.kind === 'generation' ? endpoint.callerHints(body) : [],
      fingerprint: fingerprint ?? fingerprintOf(text, body),
    })
  }
  if (endpoint.kind === 'live')
    return refuseBad({ kind: 'invalid', message: NO_WEBSOCKET, param: null, code: 'websocket_required' })
  // A unit of UTF-16 is three bytes of UTF-8 at most.
  if (text.length > MAX_BODY / 3 && Buffer.byteLength(text) > MAX_BODY)
    return refuseBad({ kind: 'too_large', limit: MAX_BODY })
  const body = isForm(text, header) || (text === '' && endpoint.kind === 'resource') ? {} : readObject(text)
  if (!body) return refuseBad({ kind: 'not_json' })
  fingerprint = fingerprintOf(text, body)
  const request: WireRequest = {
    provider: route.provider,
    method,
    params: route.params,
    query: route.query,
    body,
    text,
    strict: address.strict,
    fingerprint,
    now: provider.clock.epoch + provider.clock.now(),
    header,
    resources: resourcesOf(provider, route.provider),
    id: () => provider.requestId(),
  }
  if (endpoint.kind === 'resource') return answerResource(provider, endpoint, request, incoming, sink, refuseBad)
  const parsed = endpoint.parse(request)
  if (isBad(parsed)) return refuseBad(parsed, body)
  const { call, asked, detached } = parsed
  if (incoming.batch) call.batch = true
  if (incoming.ownTime) call.ownTime = true
  if (address.service.catalogue !== undefined) call.catalogue = address.service.catalogue
  if (address.service.reserves !== undefined) call.reserves = address.service.reserves
  const delivery = new Delivery(provider, endpoint, asked, incoming, sink)
  if (detached)
    return answerDetached(provider, call, detached, agent, {
      whole: (response) => sendWhole(sink, response, provider),
      streamed: (streamed) => sendStreamed(sink, streamed, dateOf(provider)),
      part: delivery.receive,
    })
  return provider.accept(call, delivery.receive, agent)
}

/** Answers what costs nothing, after the same time as a refusal. */
function answerResource(
  provider: Provider,
  endpoint: Resource,
  request: WireRequest,
  incoming: Incoming,
  sink: Sink,
  refuseBad: (problem: BadRequest | Lacking, body: Readonly<Record<string, unknown>>) => Exchange,
): Exchange {
  const { route, method, header } = incoming
  const context = serviceContextOf(provider, incoming, (asked, signal) => {
    let whole: ResponseHead | undefined
    // Joined before they are read: a part may end within a character.
    const parts: Buffer[] = []
    return new Promise((resolve) => {
      const exchange = answer(provider, asked, {
        head: (head) => void (whole = head),
        write: (part) => void parts.push(Buffer.from(part as Uint8Array)),
        end: () => resolve({ ...whole!, body: Buffer.concat(parts).toString('utf8') }),
        reset: () => resolve({ status: 500, headers: {}, body: '' }),
      })
      signal?.addEventListener('abort', () => exchange.disconnect(), { once: true })
    })
  })
  const given = endpoint.answer(request, context)
  if (isBad(given)) return refuseBad(given, request.body)
  provider.trace.append({
    type: 'resource.answered',
    provider: route.provider,
    operation: endpoint.operation,
    method,
    path: route.path,
    status: isStreamed(given) ? 200 : given.status,
    agent: header('x-longhaul-agent') ?? null,
  })
  let leave = provider.clock.after(REFUSAL_MS, () => {
    if (isStreamed(given)) leave = sendStreamed(sink, given, dateOf(provider))
    else sendWhole(sink, given, provider)
  })
  return { disconnect: () => leave() }
}

/** Whether a body is a form, which is read by the endpoint itself. One that begins like an object is none. */
const isForm = (text: string, header: Incoming['header']): boolean =>
  !text.startsWith('{') && (header('content-type')?.startsWith('multipart/') ?? false)

function readObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) && !nestsDeeper(value, MAX_LEVELS)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}

/** The date of the run, as headers say it. */
const dateOf = ({ clock }: Provider): string => httpDate(clock.epoch + clock.now())

function sendWhole(sink: Sink, { status, headers, body }: WireResponse, provider: Provider): void {
  sink.head({ status, headers: { date: dateOf(provider), ...headers } }, false)
  sink.write(body)
  sink.end()
}

/** What is sent in a body while nothing is to be said: a comment among events, a blank line in JSON, nothing in what is binary. */
function pingOf(type = ''): string {
  if (type.startsWith('text/event-stream')) return ': keep-alive\n\n'
  return type.startsWith('application/json') ? '\n' : ''
}

const halfOf = (body: Chunk): Chunk => body.slice(0, Math.floor(body.length / 2))

/** Writes the parts of one answer as its endpoint says. */
class Delivery {
  readonly #provider: Provider
  readonly #endpoint: Generation
  readonly #asked: unknown
  readonly #route: Route
  readonly #pace: number
  readonly #since: number
  #sink: Sink
  #type: string | undefined
  #stream: StreamEncoder | undefined

  constructor(
    provider: Provider,
    endpoint: Generation,
    asked: unknown,
    { route, pace = 1 }: Pick<Incoming, 'route' | 'pace'>,
    sink: Sink,
  ) {
    this.#provider = provider
    this.#endpoint = endpoint
    this.#asked = asked
    this.#route = route
    this.#pace = pace
    this.#since = provider.clock.now()
    this.#sink = sink
  }

  /** Head of an answer, with the date, and how long it took in the client's time. */
  #head({ reply, limits }: { reply: Reply; limits: LimitStates }): ResponseHead {
    const head = this.#endpoint.head(reply, atPace(limits, this.#pace), this.#asked)
    head.headers['date'] = dateOf(this.#provider)
    const { took } = this.#route.address.service
    if (took) head.headers[took] = String(Math.round((this.#provider.clock.now() - this.#since) / this.#pace))
    return head
  }

  /** Takes the next part from the provider. One that cannot be written breaks the connection, and nothing else. */
  receive = (part: Answer): void => {
    try {
      this.#write(part)
    } catch (error) {
      this.#provider.trace.append({ type: 'note', text: `longhaul could not write an answer: ${String(error)}` })
      this.#sink.reset()
    }
  }

  #write(part: Answer): void {
    const sink = this.#sink
    switch (part.kind) {
      case 'refusal': {
        const errors = this.#endpoint.errors ?? this.#route.address.service.errors
        const request = { model: part.model, requestId: this.#provider.requestId(), asked: this.#asked }
        const { refusal, limits } = refusedAtPace(part, this.#pace)
        const waitMs = 'retryAfterMs' in refusal ? refusal.retryAfterMs : undefined
        const response = errors.refusal(refusal, limits, request)
        return sendWhole(sink, withRetryAfter(response, waitMs, this.#provider, this.#route.provider), this.#provider)
      }
      case 'reset':
        return sink.reset(part.connection)
      case 'whole':
        this.#fragment(part)
        return this.#whole(part)
      case 'head': {
        this.#fragment(part)
        this.#stream = this.#endpoint.stream(part.reply, this.#asked)
        const head = this.#head(part)
        this.#type = head.headers['content-type']
        this.#sink.head(head, true)
        return this.#sink.write(this.#stream.head())
      }
      case 'piece':
        return sink.write(this.#stream!.piece(part.piece))
      case 'tail':
        return this.#tail(part)
      case 'ping':
        return sink.write(this.#stream?.ping?.() ?? pingOf(this.#type))
      default:
        return part satisfies never
    }
  }

  /** Cuts what is written from here on anywhere, by the seed of the run. */
  #fragment({ fragmented, reply }: { fragmented?: true; reply: Reply }): void {
    if (fragmented)
      this.#sink = new FragmentedSink(this.#sink, this.#provider.clock, { seed: reply.id, everyMs: this.#pace })
  }

  #whole({ reply, limits, damage }: Extract<Answer, { kind: 'whole' }>): void {
    const sink = this.#sink
    if (damage === 'html') return sendWhole(sink, HTML_PAGE, this.#provider)
    const head = this.#head({ reply, limits })
    this.#type = head.headers['content-type']
    if (damage === 'error_first') {
      sink.head(head, true)
      sink.write(this.#endpoint.stream(reply, this.#asked).error({ kind: 'overloaded', retryAfterMs: 0 }))
      return sink.end()
    }
    const body = this.#endpoint.whole(reply, this.#asked)
    sink.head(head, damage === 'stall')
    switch (damage) {
      case undefined:
        this.#endpoint.keep?.(reply, this.#asked, resourcesOf(this.#provider, this.#route.provider))
        sink.write(body)
        return sink.end()
      case 'malformed':
        sink.write(halfOf(body))
        sink.write(GARBAGE)
        return sink.end()
      case 'reset':
        sink.write(halfOf(body))
        return sink.reset()
      case 'stall':
        return sink.write(halfOf(body))
      case 'truncated':
      case 'error':
        sink.write(halfOf(body))
        return sink.end()
      default:
        return damage satisfies never
    }
  }

  #tail({ reply, damage }: { reply: Extract<Answer, { kind: 'tail' }>['reply']; damage: Damage | undefined }): void {
    const sink = this.#sink
    const stream = this.#stream!
    switch (damage) {
      case undefined:
        this.#endpoint.keep?.(reply, this.#asked, resourcesOf(this.#provider, this.#route.provider))
        sink.write(stream.tail())
        return sink.end()
      case 'reset':
        return sink.reset()
      case 'stall':
        return
      case 'malformed':
        sink.write(stream.frame(GARBAGE))
        return sink.end()
      case 'error':
      case 'error_first':
        sink.write(stream.error({ kind: 'overloaded', retryAfterMs: 0 }))
        return sink.end()
      case 'truncated':
      case 'html':
        return sink.end()
      default:
        return damage satisfies never
    }
  }
}
