import { createSocket } from 'node:dgram'
import dns, { lookup, promises as dnsPromises } from 'node:dns'
import { createServer } from 'node:http'
import { connect as connectHttp2 } from 'node:http2'
import { connect, type AddressInfo } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { promisify } from 'node:util'
import axios from 'axios'
import OpenAI from 'openai'
import { afterAll, beforeAll } from 'vitest'
import WebSocket from 'ws'
import { describeOrchestration, UnmountedProviderError, type SystemContext } from 'longhaul'

type Work = () => Promise<unknown>
const options = {
  provider: { latency: '5s', replies: 'Yes.' },
  system: ({ vars }: SystemContext) => (vars['work'] as Work)(),
} as const

/** Whatever an emitter tells first. */
const outcomeOf = (emitter: NodeJS.EventEmitter, event: string): Promise<unknown> =>
  new Promise((resolve, reject) => emitter.once(event, resolve).once('error', reject))

const client = new OpenAI({ apiKey: 'test', maxRetries: 0 })
const ask = async (): Promise<unknown> => {
  const messages = [{ role: 'user' as const, content: 'Ready?' }]
  const { choices } = await client.chat.completions.create({ model: 'gpt-4o-mini', messages })
  return choices[0]!.message.content
}

/** Ways out of the process, and what the trace says of each. */
const WAYS_OUT: Record<string, [work: Work, seen: string]> = {
  fetch: [() => fetch('https://tracing.example/runs?key=1', { method: 'POST' }), 'POST tracing.example /runs'],
  'fetch of an address': [() => fetch('http://93.184.216.34/'), 'GET 93.184.216.34 /'],
  'fetch of another port': [() => fetch('https://tracing.example:8443/runs'), 'GET tracing.example:8443 /runs'],
  axios: [() => axios.get('http://tracing.example/runs'), 'GET tracing.example /runs'],
  'net.connect': [() => outcomeOf(connect(5432, 'db.example'), 'data'), 'CONNECT db.example:5432 '],
  'a socket that speaks first, and no HTTP': [
    () => {
      const socket = connect({ host: 'db.example', port: 5432 })
      socket.write(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]))
      return outcomeOf(socket, 'data')
    },
    'CONNECT db.example:5432 ',
  ],
  'net.connect to IPv6': [
    () => outcomeOf(connect(443, '2001:4860:4860::8888'), 'data'),
    'CONNECT [2001:4860:4860::8888]:443 ',
  ],
  'tls.connect': [() => outcomeOf(connectTls(6380, 'cache.example'), 'data'), 'CONNECT cache.example:6380 '],
  'http2.connect': [
    () => {
      const session = connectHttp2('https://grpc.example')
      session.request({ ':path': '/service' }).on('error', () => {})
      return outcomeOf(session, 'close')
    },
    'GET grpc.example /service',
  ],
  'a WebSocket of ws': [
    () => outcomeOf(new WebSocket('wss://stream.example/live'), 'open'),
    'GET stream.example /live',
  ],
  'a datagram': [
    async () => {
      const socket = createSocket('udp4')
      try {
        await promisify((done: (error: Error | null) => void) => socket.send('1', 8125, 'metrics.example', done))()
      } finally {
        socket.close()
      }
    },
    'UDP metrics.example:8125 ',
  ],
  'dns.lookup': [() => promisify(lookup)('name.example'), 'LOOKUP name.example '],
  'dns.promises.resolveMx': [() => dnsPromises.resolveMx('name.example'), 'LOOKUP name.example '],
  'a Resolver': [() => new dns.promises.Resolver().resolve4('name.example'), 'LOOKUP name.example '],
}

describeOrchestration('a program that calls the world outside', options, (test) => {
  for (const [way, [work, seen]] of Object.entries(WAYS_OUT))
    test(`is refused by ${way}`, async ({ run, trace, waive, expect }) => {
      waive('unsimulated')
      const outcome = await run({ vars: { work } })
      const { error } = outcome as { error?: Error & { code?: string } }
      expect(error?.code, String(error)).toBe('LONGHAUL_UNMOUNTED_PROVIDER')
      expect(error!.message).toMatch(/is outside of this test.*network: \{ allow: \['/s)
      expect(trace.ofType('call.refused').map(({ method, host, path }) => `${method} ${host} ${path}`)).toEqual([seen])
      expect(outcome).toHaveElapsed({ atMost: 0 })
    })

  test('says of a provider that it is one', async ({ run, waive, expect }) => {
    waive('unsimulated')
    const outcome = await run({ vars: { work: () => fetch('https://api.voyageai.com/v1/embeddings') } })
    expect(outcome).toHaveFailedWith(UnmountedProviderError)
    expect(outcome).toHaveFailedWith(/is a real LLM provider.*baseURLs/s)
  })

  test.fails('fails for it, although nobody minds', async ({ run }) => {
    await run({ vars: { work: () => fetch('https://tracing.example/runs').catch(() => 'nobody minds') } })
  })

  test('may trace elsewhere what it does, as LangSmith: that is refused, and it goes on', async ({
    run,
    trace,
    waive,
    expect,
  }) => {
    waive('unsimulated')
    const work = async () => {
      const told = fetch('https://api.smith.langchain.com/runs/batch', { method: 'POST', body: '[]' }).catch(
        () => 'lost',
      )
      return [await ask(), await told]
    }
    const outcome = await run({ vars: { work } })
    expect(outcome.result).toEqual(['Yes.', 'lost'])
    expect(trace.ofType('call.refused')).toMatchObject([{ host: 'api.smith.langchain.com', path: '/runs/batch' }])
  })

  test('looks up the name of a simulated service, and gets an address that leads there', async ({
    run,
    waive,
    expect,
  }) => {
    waive('unsimulated')
    const work = async () => {
      const { address } = await dnsPromises.lookup('api.openai.com')
      const all = await promisify(lookup)('api.openai.com', { all: true })
      const [resolved] = await dnsPromises.resolve4('api.openai.com')
      const answer = await axios.get(`https://${address}/v1/images/generations`, {
        headers: { host: 'api.openai.com' },
        validateStatus: () => true,
      })
      return [all[0]?.address === address, resolved === address, /^192\.0\.2\./.test(address), answer.status]
    }
    expect(await run({ vars: { work } })).toMatchObject({ result: [true, true, true, 501] })
  })
})

const server = createServer((_request, response) => response.end('here'))
beforeAll(() => new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve)))
afterAll(() => void server.close())

describeOrchestration('a program that calls this machine', options, (test) => {
  for (const host of ['127.0.0.1', 'localhost'])
    test(`reaches ${host}`, async ({ run, trace, expect }) => {
      const work = async () => (await fetch(`http://${host}:${(server.address() as AddressInfo).port}/`)).text()
      expect((await run({ vars: { work } })).result).toBe('here')
      expect(trace.ofType('call.refused')).toEqual([])
    })

  test('looks up localhost', async ({ run, expect }) => {
    expect((await run({ vars: { work: () => dnsPromises.lookup('localhost', 4) } })).result).toMatchObject({
      address: '127.0.0.1',
    })
  })
})

describeOrchestration(
  'a test that allows hosts',
  { ...options, network: { allow: ['255.255.255.255', '*.allowed.example', 'db.example:5432'] } },
  (test) => {
    // No system lets anybody connect to this address, and says so at once.
    test('gets what the system says', async ({ run, trace, expect }) => {
      const outcome = await run({ vars: { work: () => outcomeOf(connect(4, '255.255.255.255'), 'connect') } })
      expect((outcome.error as { code?: string }).code).toMatch(/^E[A-Z]+$/)
      expect(trace.ofType('call.refused')).toEqual([])
    })

    test('is refused the others', async ({ run, trace, waive, expect }) => {
      waive('unsimulated')
      for (const target of ['https://allowed.example', 'https://not-allowed.example', 'http://db.example:80'])
        expect(await run({ vars: { work: () => fetch(target) } })).toHaveFailedWith(UnmountedProviderError)
      expect(trace.ofType('call.refused')).toHaveLength(3)
    })
  },
)

describeOrchestration('a program in scaled time', { ...options, time: '1000x' }, (test) => {
  test('reaches no more than in virtual time', async ({ run, waive, expect }) => {
    waive('unsimulated')
    const work = () => axios.get('http://tracing.example/runs')
    expect(await run({ vars: { work } })).toHaveFailedWith(/is outside of this test/)
  })
})

describeOrchestration(
  'a program in real time',
  { ...options, provider: { latency: '1ms', replies: 'Yes.' }, time: 'real' },
  (test) => {
    test('reaches the world outside', async ({ run, trace, expect }) => {
      const outcome = await run({ vars: { work: () => outcomeOf(connect(4, '255.255.255.255'), 'connect') } })
      expect((outcome.error as { code?: string }).code).toMatch(/^E[A-Z]+$/)
      expect(trace.ofType('call.refused')).toEqual([])
    })

    test('but no real provider', async ({ run, waive, expect }) => {
      waive('unsimulated')
      for (const get of [axios.get, fetch])
        expect(await run({ vars: { work: () => get('https://api.voyageai.com/v1/embeddings') } })).toHaveFailedWith(
          /is a real LLM provider/,
        )
      expect((await run({ vars: { work: ask } })).result).toBe('Yes.')
    })
  },
)
