import { request as httpsRequest } from 'node:https'
import { connect } from 'node:http2'
import axios from 'axios'
import got from 'got'
import ky from 'ky'
import nodeFetch from 'node-fetch'
import { actAs, describeOrchestration, type SystemContext } from 'longhaul'

const URL = 'https://api.openai.com/v1/chat/completions'
const headers = { 'content-type': 'application/json', authorization: 'Bearer test' }
const body = JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Ready?' }] })
const streaming = JSON.stringify({ ...JSON.parse(body), stream: true })

type Ask = (body: string) => Promise<string>

/** Ways to ask over HTTP; each gives the text of the answer. */
const CLIENTS: Record<string, Ask> = {
  fetch: async (body) => (await fetch(URL, { method: 'POST', headers, body })).text(),
  axios: async (body) =>
    (await axios.post<string>(URL, body, { headers, transformResponse: (text: string) => text })).data,
  got: (body) => got.post(URL, { headers, body, retry: { limit: 0 } }).text(),
  'got over HTTP/2': (body) => got.post(URL, { headers, body, http2: true, retry: { limit: 0 } }).text(),
  'got that looks names up itself': (body) =>
    got.post(URL, { headers, body, dnsCache: true, retry: { limit: 0 } }).text(),
  ky: (body) => ky.post(URL, { headers, body, retry: 0 }).text(),
  'node-fetch': async (body) => (await nodeFetch(URL, { method: 'POST', headers, body })).text(),
  'https.request': (body) =>
    new Promise((resolve, reject) => {
      const request = httpsRequest(URL, { method: 'POST', headers }, (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (part: string) => (text += part))
        response.on('end', () => resolve(text)).on('error', reject)
      })
      request.on('error', reject).end(body)
    }),
  'http2.connect': (body) =>
    new Promise((resolve, reject) => {
      const session = connect('https://api.openai.com').on('error', reject)
      const stream = session.request({ ...headers, ':method': 'POST', ':path': '/v1/chat/completions' })
      let text = ''
      stream.setEncoding('utf8').on('data', (part: string) => (text += part))
      stream.on('error', reject).on('end', () => {
        session.close()
        resolve(text)
      })
      stream.end(body)
    }),
}

describeOrchestration(
  'agents that ask over HTTP by a client of their own',
  {
    seed: 7,
    provider: { latency: '5s', replies: 'Yes.' },
    system: async ({ vars }: SystemContext) => {
      const ask = vars['ask'] as Ask
      const both = await Promise.all(['ann', 'ben'].map((agent) => actAs(agent, () => ask(body))))
      return [...both, await ask(streaming)]
    },
  },
  (test) => {
    const traces = new Map<string, string>()
    const answers = new Map<string, unknown>()

    for (const [client, ask] of Object.entries(CLIENTS)) {
      test(`${client} is answered in virtual time, again and again`, async ({ run, trace, expect }) => {
        const outcome = await run({ vars: { ask } })
        expect(outcome).toHaveCompleted()
        expect(outcome).toHaveElapsed({ atLeast: '10s', atMost: '10s' })
        expect(outcome.agents.map(({ agent, calls }) => [agent, calls]).slice(0, 2)).toEqual([
          ['ann', 1],
          ['ben', 1],
        ])
        traces.set(client, JSON.stringify([...trace].map((event) => ({ ...event, vars: undefined }))))
        // Each test begins after the last.
        answers.set(
          client,
          (outcome.result as string[]).map((text) => text.replaceAll(/"created":\d+/g, '')),
        )
        expect(await run({ vars: { ask } })).toHaveCalls(3)
      })
      test(`${client} gets the bytes that fetch gets, at the same times`, ({ expect }) => {
        expect(JSON.parse(traces.get(client)!)).toEqual(JSON.parse(traces.get('fetch')!))
        expect(answers.get(client)).toEqual(answers.get('fetch'))
      })
    }
  },
)
