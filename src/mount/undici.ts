import type { Restore } from '../doors/index.ts'
import { routeOf, type Address } from './routes.ts'

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
export function redirectNativeFetch(addresses: readonly Address[], simulated: typeof fetch): Restore {
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
