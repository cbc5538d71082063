import http, { createServer, type Server } from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import axios from 'axios'
import { HttpsProxyAgent } from 'https-proxy-agent'
import nodeFetch from 'node-fetch'
import { afterAll, afterEach, beforeAll, vi } from 'vitest'
import { describeOrchestration, type SystemContext } from 'longhaul'

/** What a proxy on this machine was asked for. It goes nowhere. */
const seen: string[] = []
let proxy: Server
beforeAll(async () => {
  proxy = createServer(({ method, url }, response) => {
    seen.push(`${method} ${url}`)
    response.end('by the proxy')
  })
  proxy.on('connect', ({ url }, socket) => {
    seen.push(`CONNECT ${url}`)
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n')
  })
  await new Promise<void>((resolve) => void proxy.listen(0, '127.0.0.1', resolve))
})
afterEach(() => {
  vi.unstubAllEnvs()
  seen.length = 0
})
afterAll(() => void proxy.close())
const port = (): number => (proxy.address() as AddressInfo).port
const proxyURL = (): string => `http://127.0.0.1:${port()}`

const OPENAI = 'https://api.openai.com/v1/chat/completions'
const GATEWAY = 'http://llm.example/v1/chat/completions'
const OUTSIDE = 'https://tracing.example/runs'
const headers = { 'content-type': 'application/json', authorization: 'Bearer test' }
const body = JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Ready?' }] })

type Post = (url: string) => Promise<string>
const CLIENTS: Record<string, Post> = {
  'axios with proxy': async (url) =>
    JSON.stringify((await axios.post(url, body, { headers, proxy: { host: '127.0.0.1', port: port() } })).data),
  'axios with HTTPS_PROXY': async (url) => {
    vi.stubEnv('HTTPS_PROXY', proxyURL())
    vi.stubEnv('HTTP_PROXY', proxyURL())
    return JSON.stringify((await axios.post(url, body, { headers })).data)
  },
  'axios with https-proxy-agent': async (url) => {
    const agent = new HttpsProxyAgent(proxyURL())
    return JSON.stringify(
      (await axios.post(url, body, { headers, proxy: false, httpsAgent: agent, httpAgent: agent })).data,
    )
  },
  'node-fetch with https-proxy-agent': async (url) =>
    (await nodeFetch(url, { method: 'POST', headers, body, agent: new HttpsProxyAgent(proxyURL()) })).text(),
  "http(s).request with Node's own proxies": (url) =>
    new Promise((resolve, reject) => {
      const { Agent, request } = url.startsWith('https:') ? https : http
      const agent = new Agent({ proxyEnv: { HTTPS_PROXY: proxyURL(), HTTP_PROXY: proxyURL() } } as object)
      const asked = request(url, { method: 'POST', headers, agent }, (response) => {
        let text = ''
        response.on('data', (part) => (text += String(part))).on('end', () => resolve(text))
      })
      asked.on('error', reject).end(body)
    }),
}

describeOrchestration(
  'agents behind a proxy',
  {
    provider: {
      latency: '5s',
      replies: 'Yes.',
      services: { openai: { baseURLs: ['http://llm.example/v1'] } },
    },
    system: ({ vars }: SystemContext) => (vars['post'] as Post)(vars['url'] as string),
  },
  (test) => {
    for (const [client, post] of Object.entries(CLIENTS)) {
      for (const url of [OPENAI, GATEWAY])
        test(`${client}: ${url} is answered, and the proxy sees nothing of it`, async ({ run, expect }) => {
          const outcome = await run({ vars: { post, url } })
          expect(outcome.result).toContain('Yes.')
          expect(outcome).toHaveElapsed({ atLeast: '5s', atMost: '5s' })
          expect(seen).toEqual([])
        })

      test(`${client}: the world outside is refused by its own name`, async ({ run, trace, waive, expect }) => {
        waive('unsimulated')
        const outcome = await run({ vars: { post, url: OUTSIDE } })
        expect(outcome).toHaveFailedWith(/tracing\.example.* is outside of this test/s)
        expect(trace.ofType('call.refused')).toMatchObject([{ host: 'tracing.example', method: 'POST', path: '/runs' }])
        expect(seen).toEqual([])
      })
    }
  },
)

describeOrchestration(
  'a test that allows a host',
  {
    network: { allow: ['*.example'] },
    system: ({ vars }: SystemContext) => (vars['post'] as Post)('http://tracing.example/runs'),
  },
  (test) => {
    test('lets the proxy be asked for it', async ({ run, expect }) => {
      expect((await run({ vars: { post: CLIENTS['axios with proxy'] } })).result).toBe('"by the proxy"')
      expect(seen).toEqual(['POST http://tracing.example/runs'])
    })
  },
)
