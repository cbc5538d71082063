import { request } from 'node:https'
import axios from 'axios'
import { http, HttpResponse } from 'msw'
import { setupServer } from 'msw/node'
import { request as undiciRequest } from 'undici8'
import { afterAll, beforeAll } from 'vitest'
import { actAs, describeOrchestration, type SystemContext } from 'longhaul'

const URL = 'https://api.openai.com/v1/chat/completions'
const headers = { 'content-type': 'application/json', authorization: 'Bearer test' }
const bodyOf = (stream: boolean): string =>
  JSON.stringify({ model: 'gpt-4o-mini', stream, messages: [{ role: 'user', content: 'Ready?' }] })

type Ask = (stream: boolean) => Promise<string>
const CLIENTS: Record<string, Ask> = {
  axios: async (stream) => (await axios.post<string>(URL, bodyOf(stream), { headers, responseType: 'text' })).data,
  'https.request': (stream) =>
    new Promise((resolve, reject) => {
      const asked = request(URL, { method: 'POST', headers }, (response) => {
        let text = ''
        response.on('data', (part) => (text += String(part))).on('end', () => resolve(text))
      })
      asked.on('error', reject).end(bodyOf(stream))
    }),
  undici: async (stream) => (await undiciRequest(URL, { method: 'POST', headers, body: bodyOf(stream) })).body.text(),
}
const weather = async (): Promise<unknown> => (await axios.get<unknown>('https://weather.example/today')).data

describeOrchestration(
  'clients below fetch, while msw listens',
  {
    provider: { latency: '5s', replies: 'Yes.' },
    system: async ({ vars }: SystemContext) => {
      const ask = vars['ask'] as Ask
      return [
        ...(await Promise.all(['ann', 'ben'].map((agent) => actAs(agent, () => ask(false))))),
        await ask(true),
        await weather(),
      ]
    },
  },
  (test) => {
    const server = setupServer(http.get('https://weather.example/today', () => HttpResponse.json({ sky: 'clear' })))
    beforeAll(() => server.listen({ onUnhandledFrame: 'bypass' }))
    afterAll(() => server.close())

    for (const [client, ask] of Object.entries(CLIENTS))
      for (const nth of ['first', 'second'])
        test(`${client}: what msw passes on, the provider answers, in a ${nth} test`, async ({ run, expect }) => {
          const outcome = await run({ vars: { ask } })
          expect(outcome.result).toEqual([
            expect.stringContaining('Yes.'),
            expect.stringContaining('Yes.'),
            expect.stringContaining('[DONE]'),
            { sky: 'clear' },
          ])
          expect(outcome).toHaveElapsed({ atLeast: '10s', atMost: '10s' })
          expect(outcome).toHaveCalls(3, { status: 'ended' })
        })

    test('and what nobody answers is refused', async ({ run, trace, waive, expect }) => {
      waive('unsimulated')
      const ask = async () => (await axios.get<string>('https://tracing.example/runs')).data
      expect(await run({ vars: { ask } })).toHaveFailedWith(/is outside of this test/)
      expect(trace.ofType('call.refused')).toMatchObject([
        { host: 'tracing.example', path: '/runs' },
        { host: 'tracing.example', path: '/runs' },
      ])
    })
  },
)
