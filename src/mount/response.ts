import type { ConnectionFailure, Provider } from '../provider/index.ts'
import type { Chunk, ResponseHead } from '../wire/index.ts'
import { answer } from './answer.ts'
import type { Route } from './routes.ts'
import type { Exchange, Sink } from './sink.ts'

/** A request whose body was read. */
export interface PlainRequest {
  url: string
  method: string
  headers: Headers
  text: string
  signal: AbortSignal | undefined
  /** What aborts the signal, and has to live as long as the request: a `Request` follows the signal that it was given only while it lives itself. */
  sources?: readonly unknown[]
}

/** Reads a request's body. Takes what `fetch` takes. */
export async function readRequest(input: string | URL | Request, init?: RequestInit): Promise<PlainRequest> {
  const request = input instanceof Request && init === undefined ? input : new Request(input, init)
  return {
    url: request.url,
    method: request.method,
    headers: request.headers,
    text: await request.text(),
    signal: request.signal,
    sources: [input, request],
  }
}

/** How an answer fails to come: the connection breaks before any byte of it or within it; it keeps its client waiting. */
export type Breakage = 'unanswered' | 'midway' | 'no head' | 'silent body'

/**
 * Requests that are being answered, by what they do on their abort, which holds their signals; one entry a request, as several may
 * share a signal. A socket would hold them; nothing of ours does while a call hangs, and a signal that was composed of others, by
 * `AbortSignal.any` or by a `Request`, is held by them weakly only: collected, it would abort nothing.
 */
const waiting = new Map<() => void, PlainRequest>()

const encoder = new TextEncoder()
const bytesOf = (part: Chunk): Uint8Array => (typeof part === 'string' ? encoder.encode(part) : part)
const joined = (one: Chunk, other: Chunk): Chunk =>
  typeof one === 'string' && typeof other === 'string' ? one + other : Buffer.concat([bytesOf(one), bytesOf(other)])
const locate = (response: Response, url: string): Response => Object.defineProperty(response, 'url', { value: url })

/**
 * Answers one request with a `Response`: a whole answer when it is complete, a stream from its first bytes.
 *
 * @param broken what this way in calls a connection that breaks, or was not made: rejects the promise, or ends the body
 * @param limit how long the client waits for the head, and for each piece of the body that it wants. Milliseconds
 */
export function respond(
  provider: Provider,
  route: Route,
  request: PlainRequest,
  broken: (breakage: Breakage, connection?: ConnectionFailure) => Error,
  limit?: { silenceMs: number },
): Promise<Response> {
  const { signal } = request
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    let exchange: Exchange | undefined
    let over = false
    let body: ReadableStreamDefaultController<Uint8Array> | undefined
    let head: ResponseHead | undefined
    let streams = false
    let first: Chunk = ''
    let resolved = false
    const { clock } = provider
    let heardAt = 0
    let stopListening: (() => void) | undefined
    const listen = (ms: number): void => {
      stopListening = clock.after(ms, () => {
        const silentMs = clock.now() - heardAt
        // A client that does not read what is there waits for nothing.
        const isFull = body !== undefined && body.desiredSize! <= 0
        if (silentMs < limit!.silenceMs || isFull) return listen(limit!.silenceMs - (isFull ? 0 : silentMs))
        fail(resolved ? 'silent body' : 'no head')
        exchange?.disconnect()
      })
    }
    const onAbort = (): void => {
      if (over) return
      over = true
      waiting.delete(onAbort)
      stopListening?.()
      exchange?.disconnect()
      if (resolved) body?.error(signal!.reason)
      else reject(signal!.reason)
    }
    const finish = (): void => {
      over = true
      waiting.delete(onAbort)
      stopListening?.()
      signal?.removeEventListener('abort', onAbort)
    }
    const fail = (breakage: Breakage, connection?: ConnectionFailure): void => {
      finish()
      if (resolved) body!.error(broken(breakage))
      else reject(broken(breakage, connection))
    }
    const open = (whole: boolean): void => {
      resolved = true
      // Statuses without a body must have none.
      const content = head!.status === 204 ? null : (first as string | Uint8Array<ArrayBuffer>)
      if (whole) return resolve(locate(new Response(content, head), request.url))
      const stream = new ReadableStream<Uint8Array>({
        start: (controller) => void (body = controller),
        cancel() {
          if (over) return
          finish()
          exchange?.disconnect()
        },
      })
      if (first.length > 0) body!.enqueue(bytesOf(first))
      resolve(locate(new Response(stream, head), request.url))
    }
    const sink: Sink = {
      head(given, inParts) {
        head = given
        streams = inParts
      },
      write(part) {
        if (over) return
        heardAt = clock.now()
        if (part.length === 0) return
        if (resolved) body!.enqueue(bytesOf(part))
        else {
          first = first.length === 0 ? part : joined(first, part)
          if (streams) open(false)
        }
      },
      end() {
        if (over) return
        finish()
        if (resolved) body!.close()
        else open(true)
      },
      reset(connection) {
        if (over) return
        if (head && !resolved) open(false)
        fail(resolved ? 'midway' : 'unanswered', connection)
      },
    }
    signal?.addEventListener('abort', onAbort, { once: true })
    if (signal) waiting.set(onAbort, request)
    const { method, headers, text } = request
    exchange = answer(provider, { method, route, text, header: (name) => headers.get(name) ?? undefined }, sink)
    if (limit && !over) {
      heardAt = clock.now()
      listen(limit.silenceMs)
    }
    // Who listens to the trace may have aborted the request while it arrived.
    if (signal?.aborted) exchange.disconnect()
  })
}
