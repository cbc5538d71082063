import { Socket } from 'node:net'
import { replaceProperties, restoreAll, type Restore } from '../clock/index.ts'
import type { Provider } from '../provider/index.ts'
import { answer, type Exchange, type Sink } from './answer.ts'
import { addressesOf, isProviderHost, routeOf, UnmountedProviderError, type Address } from './routes.ts'

/** A way in that was opened, and how to close it. */
export interface Mount {
  close(): void | Promise<void>
}

const NO_BODY = new Set([101, 204, 205, 304])

/** What undici throws when a connection breaks. */
function connectionReset(): TypeError {
  const cause = Object.assign(new Error('other side closed'), { name: 'SocketError', code: 'UND_ERR_SOCKET' })
  return new TypeError('fetch failed', { cause })
}

interface PlainRequest {
  url: string
  method: string
  headers: Headers
  text: string
  signal: AbortSignal | undefined
}

/** Answers one request as `fetch` does. */
function respond(
  provider: Provider,
  addresses: readonly Address[],
  request: PlainRequest,
): Promise<Response> | undefined {
  const route = routeOf(request.url, addresses)
  if (!route) return undefined
  const { signal } = request
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    let exchange: Exchange | undefined
    let over = false
    let body: ReadableStreamDefaultController<Uint8Array> | undefined
    let head: { status: number; headers: Record<string, string> } | undefined
    let first = ''
    let resolved = false
    const onAbort = (): void => {
      if (over) return
      over = true
      exchange?.disconnect()
      if (resolved) body?.error(signal!.reason)
      else reject(signal!.reason)
    }
    const finish = (): void => {
      over = true
      signal?.removeEventListener('abort', onAbort)
    }
    const open = (whole: boolean): void => {
      resolved = true
      const init = { status: head!.status, headers: head!.headers }
      if (whole) return resolve(locate(new Response(NO_BODY.has(head!.status) ? null : first, init), request.url))
      const stream = new ReadableStream<Uint8Array>({
        start: (controller) => void (body = controller),
        cancel() {
          if (over) return
          finish()
          exchange?.disconnect()
        },
      })
      body!.enqueue(encoder.encode(first))
      resolve(locate(new Response(stream, init), request.url))
    }
    const sink: Sink = {
      head: (given) => void (head = given),
      write(text) {
        if (over) return
        if (resolved) body!.enqueue(encoder.encode(text))
        else {
          first += text
          // A stream is handed over with its first bytes; a whole answer when it is complete.
          if (head!.headers['content-type']?.startsWith('text/event-stream')) open(false)
        }
      },
      end() {
        if (over) return
        finish()
        if (resolved) body!.close()
        else open(true)
      },
      reset() {
        if (over) return
        finish()
        if (head && !resolved) open(false)
        if (resolved) body!.error(connectionReset().cause)
        else reject(connectionReset())
      },
    }
    signal?.addEventListener('abort', onAbort, { once: true })
    const { method, headers, text } = request
    exchange = answer(provider, { method, route, text, header: (name) => headers.get(name) ?? undefined }, sink)
  })
}

const encoder = new TextEncoder()
const locate = (response: Response, url: string): Response => Object.defineProperty(response, 'url', { value: url })

async function plain(input: Request): Promise<PlainRequest> {
  return {
    url: input.url,
    method: input.method,
    headers: input.headers,
    text: await input.text(),
    signal: input.signal,
  }
}

const urlOf = (input: string | URL | Request): string =>
  typeof input === 'string' ? input : input instanceof URL ? input.href : input.url

/**
 * The provider behind the global `fetch`: its own URLs and the configured ones are answered, everything else passes through.
 * Clients that took `fetch` aside earlier are stopped before they reach a real provider.
 */
export function mountFetch(provider: Provider): Mount {
  const addresses = addressesOf(provider)
  const passOn = globalThis.fetch
  const restores: Restore[] = []

  const simulated: typeof fetch = async (input, init) => {
    const url = urlOf(input)
    if (!routeOf(url, addresses)) {
      const { hostname } = new URL(url)
      if (isProviderHost(hostname)) throw new UnmountedProviderError(url)
      return passOn(input, init)
    }
    const simple = typeof input !== 'object' || input instanceof URL
    const text = init?.body ?? ''
    const request =
      simple && typeof text === 'string'
        ? {
            url,
            method: init?.method?.toUpperCase() ?? 'GET',
            headers: new Headers(init?.headers),
            text,
            signal: init?.signal ?? undefined,
          }
        : await plain(new Request(input, init))
    return respond(provider, addresses, request)!
  }
  restores.push(
    replaceProperties(globalThis, { fetch: simulated }),
    guardSockets(),
    redirectNativeFetch(addresses, simulated),
  )
  return { close: () => restoreAll(restores) }
}

/** Refuses connections to the hosts of real providers. */
function guardSockets(): Restore {
  const { connect } = Socket.prototype
  function guarded(this: Socket, ...given: unknown[]): Socket {
    const [first] = Array.isArray(given[0]) ? (given[0] as unknown[]) : given
    const host = typeof first === 'object' && first !== null ? (first as { host?: string }).host : given[1]
    if (typeof host === 'string' && isProviderHost(host)) {
      // Not at once: a TLS socket is not complete before this returns.
      process.nextTick(() => this.destroy(new UnmountedProviderError(host)))
      return this
    }
    return Reflect.apply(connect, this, given) as Socket
  }
  return replaceProperties(Socket.prototype, { connect: guarded })
}

const DISPATCHER = Symbol.for('undici.globalDispatcher.1')

interface Dispatcher {
  dispatch(
    options: { origin?: string | URL; path: string; method: string; headers?: unknown; body?: unknown },
    handler: object,
  ): boolean
}

/** How undici is told about a response; the names are those of its handlers. */
interface Handler {
  onConnect?(abort: (reason?: unknown) => void): void
  onHeaders?(status: number, headers: Buffer[], resume: () => void, text: string): boolean
  onData?(chunk: Buffer): boolean
  onComplete?(trailers: unknown): void
  onError?(error: Error): void
}

/** Clients created before the run (at module level) hold the native `fetch`: it is answered one layer lower, at undici's dispatcher. */
function redirectNativeFetch(addresses: readonly Address[], simulated: typeof fetch): Restore {
  const holder = globalThis as unknown as Record<symbol, Dispatcher | undefined>
  const before = holder[DISPATCHER]
  if (!before) return () => {}
  const dispatcher = new Proxy(before, {
    get(target, name) {
      if (name !== 'dispatch') {
        const value: unknown = Reflect.get(target, name)
        return typeof value === 'function' ? (value.bind(target) as unknown) : value
      }
      return ((options, handler) => {
        const url = `${String(options.origin ?? '')}${options.path}`
        if (!routeOf(url, addresses)) return target.dispatch(options, handler)
        void relay(url, options, handler as Handler, simulated)
        return true
      }) satisfies Dispatcher['dispatch']
    },
  })
  // The property can be written to, but not redefined.
  holder[DISPATCHER] = dispatcher
  return () => void (holder[DISPATCHER] = before)
}

async function bodyText(body: unknown): Promise<string> {
  if (body === null || body === undefined) return ''
  if (typeof body === 'string') return body
  if (body instanceof Uint8Array) return Buffer.from(body).toString('utf8')
  const parts: Buffer[] = []
  for await (const part of body as AsyncIterable<Uint8Array | string>) parts.push(Buffer.from(part as Uint8Array))
  return Buffer.concat(parts).toString('utf8')
}

function headersOf(given: unknown): Headers {
  const headers = new Headers()
  if (Array.isArray(given)) {
    for (let i = 0; i + 1 < given.length; i += 2) headers.append(String(given[i]), String(given[i + 1]))
  } else if (given && typeof given === 'object') {
    for (const [name, value] of Object.entries(given)) headers.append(name, String(value))
  }
  return headers
}

async function relay(
  url: string,
  options: Parameters<Dispatcher['dispatch']>[0],
  handler: Handler,
  simulated: typeof fetch,
): Promise<void> {
  const controller = new AbortController()
  let ended = false
  try {
    handler.onConnect?.((reason) => {
      controller.abort(reason)
      if (!ended)
        handler.onError?.(
          reason instanceof Error ? reason : new DOMException('The operation was aborted', 'AbortError'),
        )
      ended = true
    })
    if (ended) return
    const response = await simulated(url, {
      method: options.method,
      headers: headersOf(options.headers),
      body: await bodyText(options.body),
      signal: controller.signal,
    })
    if (ended) return
    const raw = [...response.headers].flatMap(([name, value]) => [Buffer.from(name), Buffer.from(value)])
    handler.onHeaders?.(response.status, raw, () => {}, response.statusText)
    for await (const chunk of response.body ?? []) {
      if (ended) return
      handler.onData?.(Buffer.from(chunk))
    }
    ended = true
    handler.onComplete?.([])
  } catch (error) {
    if (ended) return
    ended = true
    handler.onError?.(error instanceof TypeError && error.cause instanceof Error ? error.cause : (error as Error))
  }
}
