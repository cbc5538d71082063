import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import type { IncomingMessage } from 'node:http'
import { describeOrchestration } from 'longhaul'

/** As Java's own client asks: with each request to `http:` it offers to go on in HTTP/2. */
const ask = (content: string) =>
  new Promise<IncomingMessage>((answered, reject) => {
    const body = JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content }] })
    const headers = { 'content-type': 'application/json', 'content-length': body.length, authorization: 'Bearer test' }
    const offer = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAEAAEAAAAIAAAAB' }
    const url = 'http://models.example.com/v1/chat/completions'
    const asked = request(url, { method: 'POST', headers: { ...headers, ...offer } })
    asked.once('error', reject).once('response', answered)
    asked.write(body.slice(0, 9))
    setTimeout(() => asked.end(body.slice(9)), 10)
  })

describeOrchestration(
  'a client that offers another protocol with its requests',
  {
    system: async () => {
      const answers = []
      for (const content of ['One?', 'Two?']) answers.push(await text(await ask(content)))
      return answers.map((answer) => (JSON.parse(answer) as { object: string }).object)
    },
    provider: { services: { openai: { baseURLs: ['http://models.example.com/v1'] } } },
  },
  (test) => {
    test('is answered in the one that it speaks', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome).toHaveCompleted()
      expect(outcome.result).toEqual(['chat.completion', 'chat.completion'])
      expect(outcome).toHaveCalls(2)
    })
  },
)
