import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { afterEach, expect, test } from 'vitest'
import { startServer, Trace, type ProviderConfig, type ServerMount, type ServerOptions } from 'longhaul'
import { Provider } from '../../src/provider/index.ts'
import { startClock } from '../../src/clock/index.ts'
import { KeyedRandom } from '../../src/random/index.ts'

let server: ServerMount | undefined
let provider: Provider
afterEach(() => server?.close())

async function serve(config: ProviderConfig = {}, options: ServerOptions = {}): Promise<ServerMount> {
  const clock = startClock({ kind: 'real' })
  const dependencies = { clock, trace: new Trace(() => clock.now()), random: new KeyedRandom(1) }
  provider = new Provider({ latency: 0, ...config }, dependencies)
  server = await startServer(provider, options)
  return server
}

const BODY = JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Hello' }] })
const headers = { authorization: 'Bearer test', 'content-type': 'application/json' }
const ask = ({ baseURLs }: ServerMount, init: RequestInit = {}): Promise<Response> =>
  fetch(`${baseURLs.openai}/chat/completions`, { method: 'POST', body: BODY, headers, ...init })

test('a body may come compressed', async () => {
  const { baseURLs } = await serve()
  const response = await fetch(`${baseURLs.openai}/chat/completions`, {
    method: 'POST',
    body: gzipSync(BODY),
    headers: { ...headers, 'content-encoding': 'gzip' },
  })
  expect(response.status).toBe(200)
})

test('an answer in fragments comes in pieces, and is the same answer', async () => {
  await serve({ replies: 'Grüße aus Zürich.' })
  provider.failNext(2, 'fragmented')
  for (const stream of [false, true]) {
    const response = await ask(server!, { body: JSON.stringify({ ...(JSON.parse(BODY) as object), stream }) })
    const pieces: Buffer[] = []
    for await (const piece of response.body as unknown as AsyncIterable<Uint8Array>) pieces.push(Buffer.from(piece))
    expect(pieces.length).toBeGreaterThan(1)
    expect(Buffer.concat(pieces).toString()).toContain('Grüße')
  }
})

test('a client of a server sees a connection that is not made as a reset: it was made', async () => {
  await serve()
  provider.failNext(1, 'connection_refused')
  const error = await ask(server!).then(
    () => undefined,
    (thrown: Error & { cause: { code: string } }) => thrown,
  )
  expect(error!.cause.code).toMatch(/ECONNRESET|UND_ERR_SOCKET/)
})

test('a body that is not compressed as it says is refused as no JSON', async () => {
  const { baseURLs } = await serve()
  const response = await fetch(`${baseURLs.openai}/chat/completions`, {
    method: 'POST',
    body: Buffer.from([1, 2, 3]),
    headers: { ...headers, 'content-encoding': 'br' },
  })
  expect(response.status).toBe(400)
})

test('pages of this machine may read answers, and are told so before they ask', async () => {
  const { baseURLs } = await serve()
  const before = await fetch(`${baseURLs.openai}/chat/completions`, {
    method: 'OPTIONS',
    headers: { origin: 'http://localhost:5173', 'access-control-request-headers': 'authorization' },
  })
  expect(before.status).toBe(204)
  expect(Object.fromEntries(before.headers)).toMatchObject({
    'access-control-allow-origin': 'http://localhost:5173',
    'access-control-allow-headers': 'authorization',
  })
  const response = await ask(server!, { headers: { ...headers, origin: 'http://localhost:5173' } })
  expect(response.headers.get('access-control-allow-origin')).toBe('http://localhost:5173')
})

test('pages of elsewhere may not', async () => {
  await serve()
  const response = await ask(server!, { headers: { ...headers, origin: 'https://example.com' } })
  expect(response.headers.get('access-control-allow-origin')).toBeNull()
})

test('the server says that it is well, and what it serves', async () => {
  const { url } = await serve()
  const response = await fetch(`${url}/health`)
  expect(response.status).toBe(200)
  expect(await response.json()).toMatchObject({ status: 'ok', services: expect.arrayContaining(['openai']) as unknown })
})

test('answers have a date, and tell how long they took', async () => {
  await serve()
  const response = await ask(server!)
  expect(Date.parse(response.headers.get('date')!)).toBeGreaterThan(0)
  expect(Number(response.headers.get('openai-processing-ms'))).toBeGreaterThanOrEqual(0)
  expect(response.headers.get('openai-organization')).toBeTruthy()
})

test('ids of requests are unique, those of refusals too', async () => {
  await serve({ failRate: 1, faults: { server_error: 1 } })
  const ids = await Promise.all([1, 2, 3].map(async () => (await ask(server!)).headers.get('x-request-id')))
  const bad = await ask(server!, { body: '{}' })
  expect(new Set([...ids, bad.headers.get('x-request-id')]).size).toBe(4)
})

test('times in headers are those of the client, where the server runs faster', async () => {
  await serve({ failRate: 1, faults: { rate_limited: 1 }, retryAfter: '60s' }, { pace: 60 })
  const response = await ask(server!)
  expect(response.status).toBe(429)
  expect(response.headers.get('retry-after')).toBe('1')
})

test('a server that is told to stop ends what it has begun', async () => {
  await serve({ latency: 300 })
  const answer = ask(server!)
  await expect.poll(() => provider.openCalls, { timeout: 20_000 }).toBe(1)
  const closed = server!.close(30_000)
  expect((await answer).status).toBe(200)
  await closed
  await expect(fetch(`${server!.url}/health`)).rejects.toThrow()
})

const OFFER = `Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAAB\r\n`

test('who offers another protocol and sends the body piece by piece, is answered on one connection again and again', async () => {
  const { url } = await serve()
  const { host, hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  let seen = ''
  socket.on('data', (part) => (seen += String(part)))
  const answers = (): number => seen.match(/"object":"chat\.completion"/g)?.length ?? 0
  for (const nth of [1, 2]) {
    socket.write(
      `POST /openai/v1/chat/completions HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer test\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${BODY.length}\r\n${OFFER}\r\n${BODY.slice(0, 9)}`,
    )
    await new Promise((resolve) => setImmediate(resolve))
    socket.write(BODY.slice(9))
    await expect.poll(answers, { timeout: 20_000 }).toBe(nth)
  }
  socket.destroy()
})

test('who offers to go on in another protocol than WebSocket, as Java does, is answered in the one it speaks', async () => {
  const { url } = await serve()
  const { host, hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.end(
    `POST /openai/v1/chat/completions HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer test\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${BODY.length}\r\n` +
      `${OFFER}\r\n${BODY}`,
  )
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*"object":"chat\.completion"/)
})
