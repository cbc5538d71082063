import { createServer, request, type Server } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { connect, type AddressInfo } from 'node:net'
import axios from 'axios'
import got from 'got'
import OpenAI from 'openai'
import * as undici7 from 'undici7'
import * as undici8 from 'undici8'
import { afterAll, beforeAll } from 'vitest'
import { describeOrchestration, type SystemContext } from 'longhaul'

const URL = 'https://api.openai.com/v1/chat/completions'
const headers = { 'content-type': 'application/json', authorization: 'Bearer test' }
const bodyOf = (stream = false): string =>
  JSON.stringify({ model: 'gpt-4o-mini', stream, messages: [{ role: 'user', content: 'Ready?' }] })
const asking = (stream?: boolean) => ({ method: 'POST', headers, body: bodyOf(stream) }) as const

type Work = () => Promise<unknown>
const system = ({ vars }: SystemContext) => (vars['work'] as Work)()
const codeOf = (error: unknown): unknown => {
  const { code, cause } = error as { code?: string; cause?: { code?: string } }
  return cause?.code ?? code
}

/** A server of this machine that answers with half of what it promises, or with nothing at all. */
let here: string
let server: Server
beforeAll(async () => {
  server = createServer(({ url }, response) => {
    if (url === '/half') response.writeHead(200, { 'content-length': 10 }).write('half')
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  here = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const overHttps = (timeout: number): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const asked = httpsRequest(URL, { method: 'POST', headers, timeout }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode))
    })
    asked.on('timeout', () => asked.destroy(Object.assign(new Error('late'), { code: 'ETIMEDOUT' })))
    asked.on('error', reject).end(bodyOf())
  })

describeOrchestration(
  'a service that takes ten minutes for an answer',
  { provider: { latency: '10m' }, system },
  (test) => {
    /** What a client says, and when. Seconds; undici counts its own in halves. */
    const LIMITS: Record<string, [work: Work, code: string, from: number, to: number]> = {
      "Node's fetch": [() => fetch(URL, asking()), 'UND_ERR_HEADERS_TIMEOUT', 300, 300],
      "Node's fetch, with a dispatcher": [
        () => fetch(URL, { ...asking(), dispatcher: new undici7.Agent() } as RequestInit),
        'UND_ERR_HEADERS_TIMEOUT',
        299,
        302,
      ],
      'undici 7 with a limit': [
        () => undici7.request(URL, { ...asking(), headersTimeout: 60_000 }),
        'UND_ERR_HEADERS_TIMEOUT',
        59,
        62,
      ],
      'undici 8 with a limit': [
        () => undici8.fetch(URL, { ...asking(), dispatcher: new undici8.Agent({ headersTimeout: 60_000 }) }),
        'UND_ERR_HEADERS_TIMEOUT',
        59,
        62,
      ],
      axios: [() => axios.post(URL, bodyOf(), { headers, timeout: 45_000 }), 'ECONNABORTED', 45, 45],
      got: [
        () => got.post(URL, { ...asking(), timeout: { request: 30_000 }, retry: { limit: 0 } }),
        'ETIMEDOUT',
        30,
        31,
      ],
      'got, for a response': [
        () => got.post(URL, { ...asking(), timeout: { response: 20_000 }, retry: { limit: 0 } }),
        'ETIMEDOUT',
        20,
        21,
      ],
      'got, for a silent socket': [
        () => got.post(URL, { ...asking(), timeout: { socket: 10_000 }, retry: { limit: 0 } }),
        'ETIMEDOUT',
        10,
        11,
      ],
      'https.request': [() => overHttps(90_000), 'ETIMEDOUT', 90, 90],
    }
    for (const [client, [work, code, from, to]] of Object.entries(LIMITS))
      test(`fails in time, by ${client}`, async ({ run, trace, expect }) => {
        const outcome = await run({ vars: { work } })
        expect(codeOf(outcome.error), String(outcome.error)).toBe(code)
        expect(outcome).toHaveElapsed({ atLeast: from * 1_000, atMost: to * 1_000 })
        expect(trace.ofType('call.failed')).toMatchObject([{ fault: 'disconnected' }])
      })

    test('fails as fetch does, in words too', async ({ run, expect }) => {
      const { error } = await run({ vars: { work: () => fetch(URL, asking()) } })
      expect(error).toBeInstanceOf(TypeError)
      expect(error).toMatchObject({ message: 'fetch failed', cause: { name: 'HeadersTimeoutError' } })
    })

    test('is given up by the SDK at its own limit, and at three times five minutes without one', async ({
      run,
      expect,
    }) => {
      const ask = (timeout: number) => () =>
        new OpenAI({ apiKey: 'test', timeout, maxRetries: 2 }).chat.completions.create({
          model: 'gpt-4o-mini',
          messages: [{ role: 'user', content: 'Ready?' }],
        })
      const own = await run({ vars: { work: ask(120_000) } })
      expect(own).toHaveFailedWith(OpenAI.APIConnectionTimeoutError)
      expect(own).toHaveElapsed({ atLeast: '6m', atMost: '7m' })
      const none = await run({ vars: { work: ask(600_000) } })
      expect(none).toHaveFailedWith(OpenAI.APIConnectionError)
      expect(none).toHaveElapsed({ atLeast: '15m', atMost: '16m' })
    })
  },
)

describeOrchestration(
  'a stream that pauses for long',
  {
    provider: {
      models: { 'gpt-4o-mini': { speed: { timeToFirstToken: '10s', tokensPerSecond: 0.002 } } },
      replies: 'one two three four',
    },
    system,
  },
  (test) => {
    test('breaks for a fetch that waits five minutes for the next piece', async ({ run, expect }) => {
      const work = async () => (await fetch(URL, asking(true))).text()
      const { error, elapsedMs } = await run({ vars: { work } })
      expect(error).toBeInstanceOf(TypeError)
      expect(error).toMatchObject({ message: 'terminated', cause: { code: 'UND_ERR_BODY_TIMEOUT' } })
      expect(elapsedMs).toBe(310_000)
    })
  },
)

describeOrchestration('a server of this machine that falls silent', { system }, (test) => {
  const socketSays = (ms: number): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const socket = connect(Number(new globalThis.URL(here).port), '127.0.0.1').on('error', reject)
      socket.setTimeout(ms, () => {
        socket.destroy()
        resolve('silent')
      })
    })
  const requestSays = (path: string, timeout: number): Promise<unknown> =>
    new Promise((resolve) => {
      const asked = request(`${here}${path}`, { timeout }, (response) => response.resume())
      asked
        .on('error', () => {})
        .on('timeout', () => {
          asked.destroy()
          resolve('silent')
        })
      asked.end()
    })

  test('is found silent by a socket', async ({ run, expect }) => {
    const outcome = await run({ vars: { work: () => socketSays(3_600_000) } })
    expect(outcome.result).toBe('silent')
    expect(outcome).toHaveElapsed({ atLeast: '1h', atMost: '1h' })
  })

  for (const path of ['/nothing', '/half'])
    test(`is found silent by a request for ${path}`, async ({ run, expect }) => {
      const outcome = await run({ vars: { work: () => requestSays(path, 120_000) } })
      expect(outcome.result).toBe('silent')
      expect(outcome).toHaveElapsed({ atLeast: '2m', atMost: '2m' })
    })

  test('and by fetch, after its five minutes', async ({ run, expect }) => {
    const head = await run({ vars: { work: () => fetch(`${here}/nothing`) } })
    expect(codeOf(head.error)).toBe('UND_ERR_HEADERS_TIMEOUT')
    expect(head).toHaveElapsed({ atLeast: 299_000, atMost: 302_000 })
    const body = await run({ vars: { work: async () => (await fetch(`${here}/half`)).text() } })
    expect(codeOf(body.error)).toBe('UND_ERR_BODY_TIMEOUT')
    expect(body).toHaveElapsed({ atLeast: 299_000, atMost: 302_000 })
  })
})
