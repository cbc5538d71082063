import { createServer, type AddressInfo, type Server } from 'node:net'
import { fetch as undiciFetch, Socks5ProxyAgent } from 'undici8'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { describeOrchestration, type SystemContext } from 'longhaul'

/** A SOCKS proxy on this machine, which greets, and notes where it was asked to go. */
const seen: string[] = []
let proxy: Server
beforeAll(async () => {
  proxy = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => {
      socket.write(Buffer.from([5, 0]))
      socket.once('data', (request) => {
        seen.push(request.toString('latin1'))
        socket.end(Buffer.from([5, 1, 0, 1, 0, 0, 0, 0, 0, 0]))
      })
    })
  })
  await new Promise<void>((resolve) => void proxy.listen(0, '127.0.0.1', resolve))
})
afterEach(() => void (seen.length = 0))
afterAll(() => void proxy.close())

const headers = { 'content-type': 'application/json', authorization: 'Bearer test' }
const body = JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Ready?' }] })
const PROXIES: Record<string, () => string> = {
  'on this machine': () => `socks5://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
  elsewhere: () => 'socks5://proxy.example:1080',
  'elsewhere, with a password': () => 'socks5://user:secret@proxy.example:1080',
}

describeOrchestration(
  'agents behind a SOCKS proxy',
  {
    provider: { latency: '5s', replies: 'Yes.' },
    system: async ({ vars }: SystemContext) => {
      const dispatcher = new Socks5ProxyAgent((vars['proxy'] as () => string)())
      const response = await undiciFetch(vars['url'] as string, { method: 'POST', headers, body, dispatcher })
      return response.text()
    },
  },
  (test) => {
    for (const [where, url] of Object.entries(PROXIES)) {
      test(`${where} are answered, and it sees nothing of it`, async ({ run, expect }) => {
        const vars = { proxy: url, url: 'https://api.openai.com/v1/chat/completions' }
        const outcome = await run({ vars })
        expect(outcome.result).toContain('Yes.')
        expect(outcome).toHaveElapsed({ atLeast: '5s', atMost: '5s' })
        expect(seen).toEqual([])
      })

      test(`${where} are refused the world outside`, async ({ run, trace, waive, expect }) => {
        waive('unsimulated')
        const outcome = await run({ vars: { proxy: url, url: 'https://tracing.example/runs' } })
        expect(outcome.error).toMatchObject({ cause: { code: 'LONGHAUL_UNMOUNTED_PROVIDER' } })
        expect(trace.ofType('call.refused')).toMatchObject([{ host: 'tracing.example', method: 'POST', path: '/runs' }])
        expect(seen).toEqual([])
      })
    }
  },
)
