import { once } from 'node:events'
import { connect as connectHttp2 } from 'node:http2'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { connect as connectTls, type ConnectionOptions } from 'node:tls'
import { describeOrchestration, UnmountedProviderError, type SystemContext } from 'longhaul'

const PLAIN = 'http://models.example.com'
const SECURE = 'https://api.openai.com'

const plain = (): Socket => connect({ host: 'models.example.com', port: 80 })
const secure = (options: ConnectionOptions = { host: 'api.openai.com', port: 443 }): Socket =>
  connectTls({ ...options, servername: 'api.openai.com', ALPNProtocols: ['h2'] })

async function connected(socket: Socket, event = 'connect'): Promise<Socket> {
  await once(socket, event)
  return socket
}

/** Connections that a program makes itself before it speaks HTTP/2 on them. */
const CONNECTIONS: Record<string, [url: string, make: () => Socket | Promise<Socket>]> = {
  'a socket that is not connected yet': [PLAIN, plain],
  'a connected socket': [PLAIN, () => connected(plain())],
  'a TLS socket that is not connected yet': [SECURE, secure],
  'a connected TLS socket': [SECURE, () => connected(secure(), 'secureConnect')],
  'TLS on a socket that is not connected yet': [
    SECURE,
    () => secure({ socket: connect({ host: 'api.openai.com', port: 443 }) }),
  ],
  'TLS on a connected socket': [
    SECURE,
    async () => secure({ socket: await connected(connect({ host: 'api.openai.com', port: 443 })) }),
  ],
}

async function askOver(url: string, socket: Socket) {
  const session = connectHttp2(url, { createConnection: () => socket })
  const failed = once(session, 'error').then(([error]) => Promise.reject(error as Error))
  const headers = { 'content-type': 'application/json', authorization: 'Bearer test' }
  const stream = session.request({ ...headers, ':method': 'POST', ':path': '/v1/chat/completions' })
  stream.on('error', () => {})
  const seen: string[] = []
  stream.once('response', () => seen.push('response')).once('data', () => seen.push('data'))
  stream.end(JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Ready?' }] }))
  const body = await Promise.race([text(stream), failed])
  session.close()
  return { seen, isAnswered: body.includes('I am ready.'), protocol: session.alpnProtocol }
}

describeOrchestration(
  'a client of HTTP/2 that makes its connection itself',
  {
    provider: {
      replies: 'I am ready.',
      services: { openai: { baseURLs: [`${PLAIN}/v1`] } },
    },
    system: async ({ vars }: SystemContext) => {
      const [url, make] = vars['connection'] as (typeof CONNECTIONS)[string]
      return askOver(url, await make())
    },
  },
  (test) => {
    for (const [name, connection] of Object.entries(CONNECTIONS))
      test(`is answered over ${name}`, async ({ run, expect }) => {
        const outcome = await run({ vars: { connection } })
        expect(outcome).toHaveCompleted()
        const protocol = connection[0] === SECURE ? 'h2' : 'h2c'
        expect(outcome.result).toEqual({ seen: ['response', 'data'], isAnswered: true, protocol })
      })
  },
)

describeOrchestration(
  'a client of HTTP/2 that connects itself to a host that nobody simulates',
  {
    checks: false,
    system: () => askOver('http://grpc.example', connect({ host: 'grpc.example', port: 80 })),
  },
  (test) => {
    test('fails, and the session tells why', async ({ run, expect }) => {
      expect(await run()).toHaveFailedWith(UnmountedProviderError)
    })
  },
)
