import { hashHex } from '../random/index.ts'
import {
  REFUSAL_MS,
  type Answer,
  type CallRequest,
  type Damage,
  type Provider,
  type RefusedRequest,
} from '../provider/index.ts'
import {
  badText,
  isBad,
  unsimulatedResponse,
  unsimulatedText,
  type BadRequest,
  type ResponseHead,
  type WireFormat,
  type WireResponse,
} from '../wire/index.ts'
import type { Route } from './routes.ts'

/** Where the bytes of a response go. A mount is little more than one of these. */
export interface Sink {
  /** Status and headers; comes once, before all else but `reset`. */
  head(head: ResponseHead): void
  write(text: string): void
  end(): void
  /** The connection breaks. */
  reset(): void
}

/** A request as a mount has received it. */
export interface Incoming {
  method: string
  route: Route
  header(name: string): string | undefined
  /** The body as text. */
  text: string
}

/** A request that is being answered. */
export interface Exchange {
  /** The client has gone away. */
  disconnect(): void
}

/** Bodies above this are refused, as the real services do. Bytes. */
export const MAX_BODY = 32 * 1024 * 1024
const GARBAGE = '{"id": "\u0000'

const REASONS = {
  not_json: 'malformed',
  too_large: 'too_large',
  unauthorized: 'unauthorized',
  invalid: 'invalid',
} as const satisfies Record<BadRequest['kind'], RefusedRequest['reason']>

/** Answers a request: the one loop between wire and provider that all mounts share. All is answered when the clock says so. */
export function answer(provider: Provider, { method, route, header, text }: Incoming, sink: Sink): Exchange {
  const { format, address, path } = route
  const request = { provider: route.provider, host: route.host, method, path, agent: header('x-longhaul-agent') }
  /** Refuses the request, on the record. */
  const refuse = (
    response: WireResponse,
    why: Pick<RefusedRequest, 'reason' | 'message'> & Partial<RefusedRequest>,
  ): Exchange => {
    provider.refuse({ ...request, ...why, status: response.status })
    return { disconnect: provider.clock.after(REFUSAL_MS, () => sendWhole(sink, response)) }
  }
  if (!format || method !== 'POST') {
    const { baseURL, formats } = address
    const message = unsimulatedText({ method, path, provider: route.provider, baseURL, formats })
    return refuse(unsimulatedResponse(message), { reason: 'unsimulated', message })
  }
  const fingerprint = hashHex(text)
  const refuseBad = (problem: BadRequest, body: Readonly<Record<string, unknown>> = {}): Exchange =>
    refuse(format.bad(problem, fingerprint), {
      reason: REASONS[problem.kind],
      message: badText(problem),
      model: typeof body['model'] === 'string' ? body['model'] : undefined,
      callerHints: format.callerHints(body),
      fingerprint,
    })
  // A unit of UTF-16 is three bytes of UTF-8 at most.
  if (text.length > MAX_BODY / 3 && Buffer.byteLength(text) > MAX_BODY)
    return refuseBad({ kind: 'too_large', limit: MAX_BODY })
  const body = readObject(text)
  if (!body) return refuseBad({ kind: 'not_json' })
  const call = format.parse({ provider: route.provider, body, strict: address.strict, fingerprint, header })
  if (isBad(call)) return refuseBad(call, body)
  return provider.accept(call, (part) => send(part, format, call, sink), request.agent)
}

function readObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}

function sendWhole(sink: Sink, { status, headers, body }: WireResponse): void {
  sink.head({ status, headers })
  sink.write(body)
  sink.end()
}

/** What is left of a body. */
function damaged(body: string, damage: Damage): string {
  const half = body.slice(0, Math.floor(body.length / 2))
  return damage === 'malformed' ? half + GARBAGE : half
}

function send(part: Answer, format: WireFormat, request: CallRequest, sink: Sink): void {
  switch (part.kind) {
    case 'refusal':
      return sendWhole(sink, format.refusal(part.refusal, part.limits, request))
    case 'reset':
      return sink.reset()
    case 'whole': {
      const body = format.whole(part.reply, request)
      sink.head(format.head(part.reply, part.limits, request))
      sink.write(part.damage === undefined ? body : damaged(body, part.damage))
      return part.damage === 'reset' ? sink.reset() : sink.end()
    }
    case 'head':
      sink.head(format.head(part.reply, part.limits, request))
      return sink.write(format.streamHead(part.reply, request))
    case 'piece':
      return sink.write(format.streamPiece(part.piece, part.reply, request))
    case 'tail':
      if (part.damage === 'reset') return sink.reset()
      if (part.damage === 'malformed') sink.write(format.frame(GARBAGE))
      else if (part.damage === undefined) sink.write(format.streamTail(part.reply, request))
      return sink.end()
    default:
      return part satisfies never
  }
}
