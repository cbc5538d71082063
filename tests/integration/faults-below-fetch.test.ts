import { connect } from 'node:http2'
import axios from 'axios'
import { request } from 'undici8'
import { describeOrchestration, type Fault, type SystemContext } from 'longhaul'

const URL = 'https://api.openai.com/v1/chat/completions'
const headers = { 'content-type': 'application/json', authorization: 'Bearer test' }
const bodyOf = (stream: boolean, content = 'Ready?'): string =>
  JSON.stringify({ model: 'gpt-4o-mini', stream, messages: [{ role: 'user', content }] })

type Ask = (body: string) => Promise<string>
const CLIENTS: Record<string, Ask> = {
  axios: async (body) => (await axios.post<string>(URL, body, { headers, responseType: 'text' })).data,
  undici: async (body) => (await request(URL, { method: 'POST', headers, body })).body.text(),
  'HTTP/2': (body) =>
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

/** What becomes of a call, and what a client sees of it: an error, or a text. */
const FAULTS: Partial<Record<Fault, 'an error' | RegExp>> = {
  reset: 'an error',
  reset_midway: 'an error',
  truncated: /^(data: )?\{"id":"chatcmpl-/,
  malformed_json: /\0|\\u0000/,
}

describeOrchestration(
  'clients below fetch, and a service with faults',
  {
    provider: { latency: '5s', replies: 'One two three four five six seven.' },
    checks: false,
    system: ({ vars }: SystemContext) => (vars['work'] as () => Promise<unknown>)(),
  },
  (test) => {
    for (const [client, ask] of Object.entries(CLIENTS)) {
      for (const stream of [false, true])
        for (const [fault, seen] of Object.entries(FAULTS))
          test(`${client} sees ${fault} (stream: ${stream}), and is answered afterwards`, async ({
            run,
            provider,
            trace,
            expect,
          }) => {
            provider.failNext(1, fault as Fault)
            const outcome = await run({ vars: { work: () => ask(bodyOf(stream)) } })
            if (seen === 'an error') expect(outcome.error).toBeInstanceOf(Error)
            else expect(outcome.result).toMatch(seen)
            expect(trace.ofType('call.failed')).toMatchObject([{ fault }])
            expect((await run({ vars: { work: () => ask(bodyOf(stream)) } })).result).toContain('seven.')
          })

      test(`${client} may send a megabyte`, async ({ run, trace, expect }) => {
        const work = () => ask(bodyOf(false, 'word '.repeat(200_000)))
        const { error } = await run({ vars: { work } })
        expect(error ?? 'none', String(error)).toSatisfy((given) => given === 'none' || /400/.test(String(given)))
        expect(trace.ofType('call.arrived')).toHaveLength(1)
      })
    }

    test('a stream that nobody reads on is given up', async ({ run, trace, expect }) => {
      const work = async () => {
        const { data } = await axios.post<NodeJS.ReadableStream>(URL, bodyOf(true), { headers, responseType: 'stream' })
        for await (const part of data) return String(part)
        return undefined
      }
      expect((await run({ vars: { work } })).result).toContain('chat.completion.chunk')
      expect(trace.ofType('call.failed')).toMatchObject([{ fault: 'disconnected' }])
    })
  },
)
