import { hashHex } from '../random/index.ts'
import type { Answer, CallRequest, Provider } from '../provider/index.ts'
import { isBad, type BadRequest, type ResponseHead, type WireFormat, type WireResponse } from '../wire/index.ts'
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
const NOTHING: Exchange = { disconnect: () => {} }
const GARBAGE = '{"id": "\u0000'

/**
 * Answers a request: the one loop between wire and provider that all mounts share.
 * Wrong requests are answered before this returns, calls when the clock says so.
 */
export function answer(provider: Provider, { method, route, header, text }: Incoming, sink: Sink): Exchange {
  const fingerprint = hashHex(text)
  const format = route.formats.find(({ path }) => path === route.path)
  const words = format ?? route.formats[0]!
  const refuse = (problem: BadRequest): Exchange => {
    sendWhole(sink, words.bad(problem, fingerprint))
    return NOTHING
  }
  if (!format || method !== 'POST') return refuse({ kind: 'no_route', method, path: route.path })
  if (Buffer.byteLength(text) > MAX_BODY) return refuse({ kind: 'too_large', limit: MAX_BODY })
  const body = readObject(text)
  if (!body) return refuse({ kind: 'not_json' })
  const request = format.parse({ provider: route.provider, body, fingerprint, header })
  if (isBad(request)) return refuse(request)
  return provider.accept(request, (part) => send(part, format, request, sink), header('x-longhaul-agent'))
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

function send(part: Answer, format: WireFormat, request: CallRequest, sink: Sink): void {
  switch (part.kind) {
    case 'refusal':
      return sendWhole(sink, format.refusal(part.refusal, part.limits, request))
    case 'reset':
      return sink.reset()
    case 'whole': {
      const body = format.whole(part.reply, request)
      const half = body.slice(0, Math.floor(body.length / 2))
      sink.head(format.head(part.reply, part.limits, request))
      sink.write(part.damage === undefined ? body : part.damage === 'malformed' ? half + GARBAGE : half)
      return part.damage === 'reset' ? sink.reset() : sink.end()
    }
    case 'head':
      sink.head(format.head(part.reply, part.limits, request))
      return sink.write(format.streamHead(part.reply, request))
    case 'piece':
      return sink.write(format.streamPiece(part.piece, part.reply, request))
    case 'tail':
      if (part.damage === 'reset') return sink.reset()
      if (part.damage === 'malformed') sink.write(`data: ${GARBAGE}\n\n`)
      else if (part.damage === undefined) sink.write(format.streamTail(part.reply, request))
      return sink.end()
    default:
      return part satisfies never
  }
}
