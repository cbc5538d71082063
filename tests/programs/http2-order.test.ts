import { once } from 'node:events'
import { connect, constants, createServer, type Http2ServerResponse } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { describeOrchestration, type Fault, type SystemContext } from 'longhaul'

type Kind = 'whole' | 'streamed' | 'refused' | 'broken off midway' | 'broken off at once'

const BODY = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Ready?' }] }
const BODIES: Record<Kind, object> = {
  whole: BODY,
  streamed: { ...BODY, stream: true },
  refused: { ...BODY, model: 'none-of-these' },
  'broken off midway': BODY,
  'broken off at once': BODY,
}
const FAULTS: Partial<Record<Kind, Fault>> = { 'broken off midway': 'reset_midway', 'broken off at once': 'reset' }

/** What of a session and its stream a program may listen to. */
const OF_SESSION = ['connect', 'goaway', 'error', 'close']
const OF_STREAM = ['ready', 'headers', 'trailers', 'push', 'finish', 'end', 'aborted', 'error', 'close']

/** Asks, and gives what happened in its order: the same event in a row counts once, as answers come in other pieces elsewhere. */
async function eventsOf(url: string, body: object): Promise<string[]> {
  const events: string[] = []
  const happen = (event: string) => void (event === events.at(-1) || events.push(event))
  const session = connect(url)
  for (const name of OF_SESSION) session.on(name, () => happen(`session ${name}`))
  session.on('stream', () => happen('session stream'))
  const headers = { 'content-type': 'application/json', authorization: 'Bearer test' }
  const stream = session.request({ ...headers, ':method': 'POST', ':path': '/v1/chat/completions' })
  let status = 'no status'
  // As a program that waits for the head by a promise, and does the rest a tick later.
  const head = async (): Promise<void> => {
    const [{ ':status': got }] = (await once(stream, 'response')) as [{ ':status': number }]
    process.nextTick(() => (status = String(got)))
  }
  head().catch(() => {})
  stream.on('response', ({ ':status': got }) => happen(`response ${got}`))
  stream.on('data', () => happen(`data after ${status}`))
  for (const name of OF_STREAM) stream.on(name, () => happen(name))
  stream.end(JSON.stringify(body))
  await new Promise<void>((resolve) => void stream.once('close', resolve))
  session.close()
  await new Promise<void>((resolve) => void session.once('close', resolve))
  return events
}

/** Answers as a service would that has this to say. */
const ANSWERS: Record<Kind, (response: Http2ServerResponse) => void> = {
  whole: (response) => void response.writeHead(200).end('all of it'),
  refused: (response) => void response.writeHead(404).end('none of it'),
  streamed(response) {
    response.writeHead(200)
    response.write('one')
    setImmediate(() => {
      response.write('two')
      setImmediate(() => void response.end('three'))
    })
  },
  'broken off midway'(response) {
    response.writeHead(200)
    response.write('half', () => response.stream.close(constants.NGHTTP2_INTERNAL_ERROR))
  },
  'broken off at once': (response) => response.stream.close(constants.NGHTTP2_REFUSED_STREAM),
}

/** The same of a server of Node's own, over a real socket. */
async function eventsOfServer(kind: Kind): Promise<string[]> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => ANSWERS[kind](response))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const events = await eventsOf(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, BODIES[kind])
  await new Promise((resolve) => void server.close(resolve))
  return events
}

for (const kind of Object.keys(BODIES) as Kind[])
  describeOrchestration(
    `a client of HTTP/2 whose answer is ${kind}`,
    {
      provider: {
        replies: 'I am ready.',
        services: { openai: { baseURLs: ['http://models.example.com/v1'] } },
      },
      system: ({ vars }: SystemContext) => eventsOf(vars['url'] as string, BODIES[kind]),
    },
    (test) => {
      for (const url of ['https://api.openai.com', 'http://models.example.com'])
        test(`of ${url} sees the events that a server of Node's gives, in their order`, async ({
          run,
          provider,
          expect,
        }) => {
          const fault = FAULTS[kind]
          if (fault) provider.failNext(1, fault)
          const outcome = await run({ vars: { url } })
          expect(outcome).toHaveCompleted()
          expect(outcome.result).toEqual(await eventsOfServer(kind))
        })
    },
  )

describeOrchestration(
  'a session of HTTP/2 with a simulated service',
  {
    system: async () => {
      const session = connect('https://api.openai.com')
      const stream = session.request({ ':path': '/v1/models', authorization: 'Bearer test' })
      const before = { connecting: session.connecting, pending: stream.pending }
      await once(stream, 'ready')
      const { connecting, encrypted, alpnProtocol, originSet } = session
      const { remotePort } = session.socket
      stream.resume()
      await once(stream, 'close')
      session.close()
      return { before, after: { connecting, encrypted, alpnProtocol, originSet, remotePort } }
    },
  },
  (test) => {
    test('is connected a moment later, and tells that it is secure and to whom it leads', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome).toHaveCompleted()
      expect(outcome.result).toEqual({
        before: { connecting: true, pending: true },
        after: {
          connecting: false,
          encrypted: true,
          alpnProtocol: 'h2',
          originSet: ['https://api.openai.com'],
          remotePort: 443,
        },
      })
    })
  },
)
