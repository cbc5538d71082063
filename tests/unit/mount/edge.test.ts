import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { allowPages, answerBeside, decoded, type ServedMetrics } from '../../../src/mount/edge.ts'

const text = Buffer.from('{"model":"gpt-4o"}')

describe('a body', () => {
  test.each([
    ['gzip', gzipSync(text)],
    ['x-gzip', gzipSync(text)],
    ['deflate', deflateSync(text)],
    ['br', brotliCompressSync(text)],
    ['zstd', zstdCompressSync(text)],
    ['GZIP', gzipSync(text)],
    ['deflate, gzip', gzipSync(deflateSync(text))],
    ['identity', text],
    [undefined, text],
  ])('that comes as %s is read', (encoding, body) => {
    expect(decoded(body, encoding, 1_000)).toEqual(text)
  })

  test('that is empty is read, whatever its header says', () => {
    expect(decoded(Buffer.alloc(0), 'gzip', 10)).toEqual(Buffer.alloc(0))
  })

  test.each([
    ['gzip', text],
    ['lzma', text],
    ['toString', text],
    ['gzip, gzip', gzipSync(text)],
  ])('that is not what its header says, %s, is none', (encoding, body) => {
    expect(decoded(body, encoding, 1_000)).toBeUndefined()
  })

  test('that unpacks to more than is allowed is told by one byte too many', () => {
    const bomb = gzipSync(Buffer.alloc(1_000_000))
    expect(decoded(bomb, 'gzip', 10)).toHaveLength(11)
    expect(decoded(gzipSync(Buffer.alloc(10)), 'gzip', 10)).toHaveLength(10)
  })
})

describe('a server', () => {
  let metrics: ServedMetrics | undefined
  const server = createServer((request, response) => {
    allowPages(request, response)
    if (!answerBeside(request, response, metrics)) response.writeHead(418).end()
  })
  let url = ''
  beforeAll(async () => {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => server.close())
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(url + path, { ...init, headers: { connection: 'close', ...init.headers } })

  test.each(['/', '/health', '/healthz', '/readyz', '/livez', '/health?deep=1'])('is well at %s', async (path) => {
    const response = await ask(path)
    const body = (await response.json()) as { status: string; services: string[] }
    expect(body.status).toBe('ok')
    expect(body.services).toContain('openai')
  })

  test('is well for who asks for the head alone', async () => {
    const response = await ask('/health', { method: 'HEAD' })
    expect(response.status).toBe(200)
    expect(Number(response.headers.get('content-length'))).toBeGreaterThan(10)
  })

  test.each([
    ['/health', 'POST'],
    ['/elsewhere', 'GET'],
    ['/metrics', 'POST'],
  ])('leaves %s to others where it is asked by %s', async (path, method) => {
    expect((await ask(path, { method })).status).toBe(418)
  })

  test('says what to install where there are no metrics', async () => {
    metrics = undefined
    const response = await ask('/metrics')
    expect(response.status).toBe(501)
    expect(await response.text()).toContain('npm install prom-client')
  })

  test('tells its metrics', async () => {
    metrics = { text: () => Promise.resolve('calls 1\n'), contentType: 'text/plain; version=0.0.4' }
    const response = await ask('/metrics')
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4')
    expect(await response.text()).toBe('calls 1\n')
  })

  test('breaks the connection where its metrics cannot be told', async () => {
    metrics = { text: () => Promise.reject(new Error('no registry')), contentType: 'text/plain' }
    await expect(ask('/metrics')).rejects.toThrow('fetch failed')
  })

  test('lets a page of this machine read, and no other one', async () => {
    const allowed = async (origin: string) =>
      (await ask('/health', { headers: { origin } })).headers.get('access-control-allow-origin')
    expect(await allowed('http://localhost:5173')).toBe('http://localhost:5173')
    expect(await allowed('http://[::1]:80')).toBe('http://[::1]:80')
    expect(await allowed('https://example.com')).toBeNull()
    expect(await allowed('null')).toBeNull()
  })

  test('tells a browser that asks before it asks what it may send', async () => {
    const response = await ask('/v1/chat/completions', {
      method: 'OPTIONS',
      headers: { 'access-control-request-headers': 'authorization, x-own' },
    })
    expect(response.status).toBe(204)
    expect(response.headers.get('access-control-allow-methods')).toContain('POST')
    expect(response.headers.get('access-control-allow-headers')).toBe('authorization, x-own')
    expect(response.headers.get('access-control-max-age')).toBe('600')
  })
})
