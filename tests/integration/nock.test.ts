// In a file of its own: nock and msw both take hold of the process's requests, and only one of them can.
import axios, { AxiosError } from 'axios'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { mountNock } from 'longhaul/nock'
import { startSimulatedClock, type Clock } from '../../src/clock/index.ts'
import { mountFetch, type Mount } from '../../src/mount/index.ts'
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
  const byFetch = await mounted(mountFetch(aProvider(clock)), async () => {
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
