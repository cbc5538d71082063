import axios from 'axios'
import { http, HttpResponse } from 'msw'
import { setupServer } from 'msw/node'
import OpenAI from 'openai'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startServer, Trace, UnmountedProviderError, type Fault } from 'longhaul'
import { Provider } from '../../src/provider/index.ts'
import { handlers } from 'longhaul/msw'
import { startSimulatedClock, type Clock } from '../../src/clock/index.ts'
import { mountNetwork } from '../../src/mount/index.ts'
import { KeyedRandom } from '../../src/random/index.ts'
import { aProvider } from './provider-under-test.ts'

let clock: Clock
beforeEach(() => void (clock = startSimulatedClock({ mode: { kind: 'virtual' }, epoch: 0 })))
afterEach(() => clock.stop())

/** What befalls the next call. */
let fault: Fault | undefined
beforeEach(() => void (fault = undefined))
const provided = (): Provider => {
  const provider = aProvider(clock)
  if (fault) provider.failNext(1, fault)
  return provider
}

const body = (stream: boolean): string =>
  JSON.stringify({ model: 'gpt-4o-mini', stream, messages: [{ role: 'user', content: 'Which way?' }] })
const headers = { 'content-type': 'application/json', authorization: 'Bearer test' }
const REAL = 'https://api.openai.com/v1'

interface Seen {
  status: number
  requestId: string
  text: string
}

const byFetch = async (baseURL: string, stream: boolean): Promise<Seen> => {
  const response = await fetch(`${baseURL}/chat/completions`, { method: 'POST', headers, body: body(stream) })
  return { status: response.status, requestId: response.headers.get('x-request-id')!, text: await response.text() }
}

type Way = (stream: boolean) => Promise<Seen>
const WAYS: Record<string, Way> = {
  async fetch(stream) {
    const mount = mountNetwork(provided())
    try {
      return await byFetch(REAL, stream)
    } finally {
      await mount.close()
    }
  },
  async msw(stream) {
    const server = setupServer(...handlers(provided()))
    server.listen()
    try {
      return await byFetch(REAL, stream)
    } finally {
      server.close()
    }
  },
  async server(stream) {
    const server = await startServer(provided())
    try {
      return await byFetch(server.baseURLs.openai, stream)
    } finally {
      await server.close()
    }
  },
}

/** The time at which an answer was made differs by nothing here: every clock starts at the same date. */
describe.each([false, true])('fetch, msw and server give the same bytes (stream: %s)', (stream) => {
  test.each(Object.keys(WAYS))('%s', async (way) => {
    const seen = await WAYS[way]!(stream)
    expect(seen).toMatchObject({ status: 200, requestId: expect.stringMatching(/^req_[0-9a-f]{16}$/) })
    expect(clock.now()).toBe(8_000)
    clock.stop()
    clock = startSimulatedClock({ mode: { kind: 'virtual' }, epoch: 0 })
    expect(seen).toEqual(await WAYS['fetch']!(stream))
  })
})

test.each(Object.keys(WAYS))('an answer in fragments is the same answer by %s', async (way) => {
  const whole = await WAYS[way]!(true)
  clock.stop()
  clock = startSimulatedClock({ mode: { kind: 'virtual' }, epoch: 0 })
  fault = 'fragmented'
  expect(await WAYS[way]!(true)).toEqual(whole)
  expect(clock.now()).toBeGreaterThan(8_000)
})

describe('msw takes what leads to the provider, in any spelling, and nothing else', () => {
  const asked = async (url: string): Promise<number> => {
    const provider = new Provider({ providers, models: { 'gpt-4o-mini': {} } }, dependencies())
    const others = http.all('https://gateway.example/*', () => new HttpResponse(null, { status: 418 }))
    const server = setupServer(...handlers(provider), others)
    server.listen()
    try {
      return (await fetch(url, { method: 'POST', headers, body: body(false) })).status
    } finally {
      server.close()
    }
  }
  const providers = { gateway: { baseURLs: ['https://GATEWAY.example:443/llm/v1/'] } }
  const dependencies = () => ({ clock, trace: new Trace(() => 0), random: new KeyedRandom(1) })

  test.each([
    ['https://api.openai.com/v1/chat/completions', 200],
    ['https://API.OpenAI.com:443/v1//chat/completions?x=1', 200],
    ['https://api.openai.com/v1/assistants', 501],
    ['https://gateway.example//llm/v1/chat/completions', 200],
    ['https://gateway.example/llm/v10/chat/completions', 418],
    ['https://gateway.example/app', 418],
  ])('%s: %s', async (url, status) => {
    expect(await asked(url)).toBe(status)
  })
})

describe('what nobody simulates', () => {
  test('a call to a real provider is refused, by fetch', async () => {
    const mount = mountNetwork(aProvider(clock))
    await expect(fetch('https://api.voyageai.com/v1/embeddings', { method: 'POST', body: '{}' })).rejects.toThrow(
      UnmountedProviderError,
    )
    await mount.close()
  })

  test('and one by a client below fetch', async () => {
    const mount = mountNetwork(aProvider(clock))
    await expect(axios.post('https://api.voyageai.com/v1/embeddings', '{}', { proxy: false })).rejects.toThrow(
      /is a real LLM provider/,
    )
    await mount.close()
  })

  test('everything else passes through', async () => {
    const server = await startServer(aProvider(clock))
    const mount = mountNetwork(aProvider(clock))
    expect((await fetch(`${server.url}/elsewhere`)).status).toBe(404)
    await mount.close()
    await server.close()
  })
})

test('the server answers in its own name for what it lacks, and on the record', async () => {
  const provider = aProvider(clock)
  const server = await startServer(provider)
  const statuses: number[] = []
  for (const path of [
    '/elsewhere',
    '/openai/chat/completions',
    '/openai/v1/assistants',
    '//openai/v1//chat/completions',
  ])
    statuses.push((await fetch(`${server.url}${path}`, { method: 'POST', headers, body: body(false) })).status)
  await server.close()
  expect(statuses).toEqual([404, 501, 501, 200])
  expect(provider.trace.ofType('call.refused')).toMatchObject([
    { reason: 'unsimulated', status: 404, path: '/elsewhere', host: new URL(server.url).host },
    { reason: 'unsimulated', status: 501, path: '/openai/chat/completions', provider: 'openai' },
    { reason: 'unsimulated', status: 501, path: '/openai/v1/assistants' },
  ])
})

test('a client that leaves the server aborts the simulated call', async () => {
  const provider = aProvider(clock)
  const server = await startServer(provider)
  const client = new OpenAI({ apiKey: 'test', baseURL: server.baseURLs.openai, maxRetries: 0, timeout: 2_000 })
  await expect(
    client.chat.completions.create({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'x' }] }),
  ).rejects.toThrow(OpenAI.APIConnectionTimeoutError)
  while (provider.openCalls > 0) await new Promise((resolve) => setImmediate(resolve))
  expect(provider.trace.ofType('call.failed')).toMatchObject([{ fault: 'disconnected', at: 2_000 }])
  await server.close()
})
