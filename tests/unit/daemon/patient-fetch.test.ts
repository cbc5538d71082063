import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { patientFetch } from '../../../src/daemon/patient-fetch.ts'

let server: Server | undefined
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
  server = undefined
})

/** The URL of a server that answers so. */
async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener)
  await new Promise<void>((listening) => server!.listen(0, '127.0.0.1', listening))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
}
const post = (url: string, signal?: AbortSignal): Promise<Response> =>
  patientFetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-key': 'a' },
    body: '{"a":"ü"}',
    ...(signal && { signal }),
  })
type Failure = Error & { cause?: { code?: string } }
const failure = (work: Promise<unknown>): Promise<Failure> =>
  work.then(
    () => Promise.reject(new Error('It was answered.')),
    (error: unknown) => error as Failure,
  )

describe('a request without a limit of time', () => {
  test('is sent and answered as by fetch', async () => {
    const url = await serve((request, response) => {
      let text = ''
      request.setEncoding('utf8').on('data', (part: string) => (text += part))
      request.on('end', () => {
        const { method, url: path, headers } = request
        response.writeHead(429, { 'retry-after': '3', 'set-cookie': ['a=1', 'b=2'] })
        response.end(JSON.stringify({ method, path, key: headers['x-key'], length: headers['content-length'], text }))
      })
    })
    const response = await post(url)
    expect([response.status, response.ok]).toEqual([429, false])
    expect(response.headers.get('retry-after')).toBe('3')
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    const sent = { method: 'POST', path: '/v1', key: 'a', length: '10', text: '{"a":"ü"}' }
    expect(await response.json()).toEqual(sent)
  })

  test('may be answered without a body', async () => {
    const response = await post(await serve((_, answer) => answer.writeHead(204).end()))
    expect([response.status, await response.text()]).toEqual([204, ''])
  })

  test('fails as fetch does where nothing listens, or the connection breaks', async () => {
    const refused = await failure(post('http://127.0.0.1:1/v1'))
    expect(refused).toBeInstanceOf(TypeError)
    expect([refused.message, refused.cause!.code]).toEqual(['fetch failed', 'ECONNREFUSED'])
    const reset = await failure(post(await serve((request) => request.socket.resetAndDestroy())))
    expect([reset.message, reset.cause!.code]).toEqual(['fetch failed', 'ECONNRESET'])
  })

  test('fails in its body where the connection breaks within the answer', async () => {
    const url = await serve((request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('half', () => request.socket.resetAndDestroy())
    })
    expect(await failure(post(url).then((response) => response.text()))).toBeInstanceOf(Error)
  })

  test('ends with the reason of its signal, before the answer and within it', async () => {
    const reason = new Error('Enough.')
    const controller = new AbortController()
    const silent = await serve(() => controller.abort(reason))
    expect(await failure(post(silent, controller.signal))).toBe(reason)
    server!.closeAllConnections()
    const within = new AbortController()
    const url = await serve((_, response) => response.writeHead(200).write('half'))
    const response = await post(url, within.signal)
    within.abort(reason)
    expect(await failure(response.text())).toBeInstanceOf(Error)
    expect(await failure(post(url, AbortSignal.abort(reason)))).toBe(reason)
  })
})
