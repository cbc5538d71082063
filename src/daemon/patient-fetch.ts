import { request as requestHttp, type IncomingMessage } from 'node:http'
import { request as requestHttps } from 'node:https'
import { Readable } from 'node:stream'

/** Statuses whose response has no body. Source: https://fetch.spec.whatwg.org/#null-body-status. */
const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304])

/**
 * A `fetch` without limits of time of its own, for calls that may take longer than the five minutes for which Node's `fetch` waits
 * for headers, and for each piece of a body: the signal alone ends a request. It follows no redirects.
 *
 * @throws TypeError as `fetch` does where no answer comes, with the error of the connection as its cause; the signal's reason
 */
export const patientFetch: typeof fetch = async (input, init) => {
  const request = new Request(input, init)
  const signal = init?.signal ?? undefined
  const body = Buffer.from(await request.arrayBuffer())
  const message = await new Promise<IncomingMessage>((resolve, reject) => {
    const send = request.url.startsWith('https:') ? requestHttps : requestHttp
    const headers = { ...Object.fromEntries(request.headers), 'content-length': body.length }
    send(request.url, { method: request.method, headers, signal }, resolve)
      .on('error', (error) => reject(signal?.aborted ? signal.reason : new TypeError('fetch failed', { cause: error })))
      .end(body)
  })
  const { statusCode = 0, headers } = message
  return new Response(WITHOUT_BODY.has(statusCode) ? null : (Readable.toWeb(message) as ReadableStream<Uint8Array>), {
    status: statusCode,
    headers: Object.entries(headers).flatMap(([name, value]) =>
      [value ?? []].flat().map((each): [string, string] => [name, each]),
    ),
  })
}
