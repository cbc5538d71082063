import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import OpenAI from 'openai'
import * as undici7 from 'undici7'
import * as undici8 from 'undici8'
import { afterAll, beforeAll } from 'vitest'
import { actAs, describeOrchestration, type SystemContext } from 'longhaul'

const ORIGIN = 'https://api.openai.com'
const PATH = '/v1/chat/completions'
const QUESTION = { model: 'gpt-4o-mini', messages: [{ role: 'user' as const, content: 'Ready?' }] }
const asking = {
  method: 'POST',
  headers: { 'content-type': 'application/json', authorization: 'Bearer test' },
  body: JSON.stringify(QUESTION),
} as const

const proxied: string[] = []
let proxy: Server
beforeAll(async () => {
  proxy = createServer(({ url }, response) => {
    proxied.push(url!)
    response.end()
  })
  proxy.on('connect', ({ url }, socket) => {
    proxied.push(url!)
    socket.end()
  })
  await new Promise<void>((resolve) => void proxy.listen(0, '127.0.0.1', resolve))
})
afterAll(() => void proxy.close())
const proxyURL = (): string => `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`

type Ask = () => Promise<unknown>

/** Ways to ask with one of the versions of undici; made when they are first needed, and kept. */
function waysOf(undici: typeof undici7): Record<string, () => Ask> {
  const byFetch =
    (dispatcher?: undici7.Dispatcher): Ask =>
    async () =>
      (await undici.fetch(`${ORIGIN}${PATH}`, { ...asking, ...(dispatcher && { dispatcher }) })).json()
  const byRequest =
    (client: Pick<undici7.Dispatcher, 'request'>): Ask =>
    async () =>
      (await client.request({ path: PATH, ...asking } as never)).body.json()
  return {
    'fetch and request': () => async () => {
      await byFetch()()
      return (await undici.request(`${ORIGIN}${PATH}`, asking)).body.json()
    },
    'an Agent': () => byFetch(new undici.Agent({ keepAliveTimeout: 60_000 })),
    'an Agent that prefers HTTP/2': () => byFetch(new undici.Agent({ allowH2: true })),
    'a Pool': () => byRequest(new undici.Pool(ORIGIN)),
    'a Client': () => byRequest(new undici.Client(ORIGIN)),
    'a ProxyAgent': () => byFetch(new undici.ProxyAgent(proxyURL())),
    'interceptors that look names up and try again': () =>
      byFetch(new undici.Agent().compose(undici.interceptors.dns(), undici.interceptors.retry())),
    'the SDK, with its fetch and a ProxyAgent': () => {
      const dispatcher = new undici.ProxyAgent(proxyURL())
      const client = new OpenAI({ apiKey: 'test', fetch: undici.fetch as never, fetchOptions: { dispatcher } as never })
      return () => client.chat.completions.create(QUESTION)
    },
  }
}

/** Node's own fetch takes dispatchers of version 7. */
const NODES_WAYS: Record<string, () => Ask> = {
  "Node's fetch, with an Agent": () => {
    const dispatcher = new undici7.Agent()
    return async () => (await fetch(`${ORIGIN}${PATH}`, { ...asking, dispatcher } as RequestInit)).json()
  },
  'the SDK, with a ProxyAgent': () => {
    const dispatcher = new undici7.ProxyAgent(proxyURL())
    const client = new OpenAI({ apiKey: 'test', fetchOptions: { dispatcher } as never })
    return () => client.chat.completions.create(QUESTION)
  },
}

const system = async ({ vars }: SystemContext) => {
  const ask = vars['ask'] as Ask
  await Promise.all(['ann', 'ben', 'cleo'].map((agent) => actAs(agent, ask)))
  return actAs('dan', ask)
}

const VERSIONS: Record<string, Record<string, () => Ask>> = {
  'undici 7': { ...waysOf(undici7), ...NODES_WAYS },
  'undici 8': waysOf(undici8 as unknown as typeof undici7),
}
for (const [version, ways] of Object.entries(VERSIONS))
  for (const [way, make] of Object.entries(ways)) {
    let ask: Ask | undefined
    describeOrchestration(
      `agents that ask by ${version}, ${way}`,
      { provider: { latency: '5s', replies: 'Yes.' }, system, vars: {} },
      (test) => {
        for (const nth of ['first', 'second', 'third'])
          test(`are answered, each in its name, in a ${nth} test`, async ({ run, expect }) => {
            const outcome = await run({ vars: { ask: (ask ??= make()) } })
            expect(outcome.result).toMatchObject({ choices: [{ message: { content: 'Yes.' } }] })
            const counts = new Set(outcome.agents.map(({ calls }) => calls))
            expect(outcome.agents.map(({ agent }) => agent)).toEqual(['ann', 'ben', 'cleo', 'dan'])
            expect(counts.size).toBe(1)
            expect(proxied).toEqual([])
          })
      },
    )
  }

describeOrchestration(
  'a proxy for all requests',
  {
    provider: { latency: '5s', replies: 'Yes.' },
    system: async () => {
      const client = new OpenAI({ apiKey: 'test', maxRetries: 0 })
      return client.chat.completions.create(QUESTION)
    },
  },
  (test) => {
    const before = [undici7.getGlobalDispatcher(), undici8.getGlobalDispatcher()] as const
    afterAll(() => {
      undici7.setGlobalDispatcher(before[0])
      undici8.setGlobalDispatcher(before[1])
    })

    for (const [version, { setGlobalDispatcher, ProxyAgent }] of Object.entries({
      7: undici7,
      8: undici8 as unknown as typeof undici7,
    }))
      test(`of undici ${version} does not see what the provider answers`, async ({ run, expect }) => {
        setGlobalDispatcher(new ProxyAgent(proxyURL()))
        expect(await run()).toHaveCalls(1, { status: 'ended' })
        expect(proxied).toEqual([])
      })
  },
)
