// In a file of its own: nock and msw both take hold of the process's requests, and only one of them can.
import axios, { AxiosError } from 'axios'
import { afterEach, beforeEach, expect, test } from 'vitest'
import nock from 'nock'
import { Trace } from 'longhaul'
import { Provider } from '../../src/provider/index.ts'
import { mountNock } from 'longhaul/nock'
import { startSimulatedClock, type Clock } from '../../src/clock/index.ts'
import { mountNetwork, type Mount } from '../../src/mount/index.ts'
import { KeyedRandom } from '../../src/random/index.ts'
import { aProvider } from './provider-under-test.ts'

let clock: Clock
beforeEach(() => void (clock = startSimulatedClock({ mode: { kind: 'virtual' }, epoch: 0 })))
afterEach(() => clock.stop())

const URL = 'https://api.openai.com/v1/chat/completions'
const headers = { 'content-type': 'application/json', authorization: 'Bearer test' }
const body = (stream: boolean): string =>
  JSON.stringify({ model: 'gpt-4o-mini', stream, messages: [{ role: 'user', content: 'Which way?' }] })

async function mounted<Result>(mount: Mount, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } finally {
    await mount.close()
  }
}

test.each([false, true])('axios gets the bytes that fetch gets (stream: %s)', async (stream) => {
  const byAxios = await mounted(mountNock(aProvider(clock)), async () => {
    const response = await axios.post(URL, body(stream), {
      headers,
      responseType: 'text',
      transformResponse: (text: string) => text,
    })
    return {
      status: response.status,
      requestId: response.headers['x-request-id'] as unknown,
      text: response.data as string,
    }
  })
  expect(clock.now()).toBe(8_000)
  clock.stop()
  clock = startSimulatedClock({ mode: { kind: 'virtual' }, epoch: 0 })
  const byFetch = await mounted(mountNetwork(aProvider(clock)), async () => {
    const response = await fetch(URL, { method: 'POST', headers, body: body(stream) })
    return { status: response.status, requestId: response.headers.get('x-request-id'), text: await response.text() }
  })
  expect(byAxios).toEqual(byFetch)
})

test('a rate limit reaches axios with its headers', async () => {
  const provider = aProvider(clock)
  provider.failNext(1, 'rate_limited')
  const error = await mounted(mountNock(provider), () =>
    axios.post(URL, body(false), { headers }).catch((thrown: unknown) => thrown),
  )
  expect((error as AxiosError).response).toMatchObject({ status: 429, headers: { 'retry-after': '1' } })
})

test('axios gets an answer in fragments in more than one piece, and the same answer', async () => {
  const provider = aProvider(clock)
  provider.failNext(1, 'fragmented')
  const pieces = await mounted(mountNock(provider), async () => {
    const { data } = await axios.post<NodeJS.ReadableStream>(URL, body(false), { headers, responseType: 'stream' })
    const found: Buffer[] = []
    for await (const piece of data) found.push(Buffer.from(piece as Buffer))
    return found
  })
  expect(pieces.length).toBeGreaterThan(1)
  expect(JSON.parse(Buffer.concat(pieces).toString())).toMatchObject({
    choices: [{ message: { content: 'The same bytes by every way.' } }],
  })
})

test('a connection that is not made fails axios with the code of Node', async () => {
  const provider = aProvider(clock)
  provider.failNext(1, 'dns_not_found')
  const error = await mounted(mountNock(provider), () =>
    axios.post(URL, body(false), { headers }).catch((thrown: unknown) => thrown),
  )
  expect(error).toMatchObject({ code: 'ENOTFOUND', message: 'getaddrinfo ENOTFOUND api.openai.com' })
})

test('what longhaul lacks is said by longhaul, whatever the method', async () => {
  const ask = (): Promise<unknown> => axios.get('https://api.openai.com/v1/assistants', { headers })
  const error = await mounted(mountNock(aProvider(clock)), () => ask().catch((thrown: unknown) => thrown))
  const { status, data } = (error as AxiosError).response!
  expect([status, data]).toMatchObject([501, { error: { message: expect.stringContaining('longhaul') as string } }])
})

test('other places at the host of a gateway are left to others', async () => {
  const providers = { gateway: { baseURLs: ['http://127.0.0.1:9/llm/v1'] } }
  const dependencies = { clock, trace: new Trace(() => 0), random: new KeyedRandom(1) }
  const mount = mountNock(new Provider({ providers, models: { 'gpt-4o-mini': {} } }, dependencies))
  nock('http://127.0.0.1:9').get('/app').reply(200, 'the app')
  const seen = await mounted(mount, async () => [
    (await axios.get<string>('http://127.0.0.1:9/app')).data,
    (await axios.post('http://127.0.0.1:9/llm/v1/chat/completions', body(false))).status,
  ])
  expect(seen).toEqual(['the app', 200])
})
