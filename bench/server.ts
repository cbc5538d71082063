import { LLMock } from '@copilotkit/aimock'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { startClock } from '../src/clock/index.ts'
import { startServer } from '../src/mount/index.ts'
import { Provider } from '../src/provider/index.ts'
import { KeyedRandom } from '../src/random/index.ts'
import { Trace } from '../src/trace/index.ts'
import { ratio, record, timed } from './measure.ts'
import { QUESTION } from './simulation.ts'

/** The provider as a server, against bare `node:http` that returns as many bytes, and against aimock: each in its own process. */
const REQUESTS = 16_000
/** Pairs of measurements. Processes that share two cores differ by a fifth from pair to pair. */
const PAIRS = 15
const ANSWER = 'Red, green and blue.'

/** An answer of ours, which the bare server repeats. */
interface Recorded {
  headers: Record<string, string>
  body: string
}

const SERVERS = {
  async longhaul() {
    const clock = startClock({ kind: 'real' })
    const trace = new Trace(() => clock.now(), 'discard')
    const provider = new Provider({ latency: 0, replies: ANSWER }, { clock, trace, random: new KeyedRandom(1) })
    return (await startServer(provider)).baseURLs.openai
  },
  async 'node:http'(recorded: Recorded) {
    const server = createServer((request, response) => {
      const parts: Buffer[] = []
      request.on('data', (part: Buffer) => parts.push(part))
      request.on('end', () => {
        JSON.parse(Buffer.concat(parts).toString())
        response.writeHead(200, recorded.headers)
        response.end(recorded.body)
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
  },
  async aimock() {
    const mock = new LLMock({ port: 0 })
    mock.onMessage(QUESTION.messages[0]!.content, { content: ANSWER })
    await mock.start()
    return `${mock.url}/v1`
  },
}
type Server = keyof typeof SERVERS

/** One keep-alive connection that asks `count` times, one after the other; counts answers by their length. */
function ask(url: URL, count: number): Promise<void> {
  const body = JSON.stringify(QUESTION)
  const request = `POST ${url.pathname}/chat/completions HTTP/1.1\r\nhost: ${url.host}\r\nauthorization: Bearer test\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`
  return new Promise((resolve, reject) => {
    const socket = connect(Number(url.port), url.hostname, () => socket.write(request))
    let left = count
    let received = ''
    socket.setNoDelay(true)
    socket.on('error', reject)
    socket.on('data', (part) => {
      received += part.toString('latin1')
      const head = received.indexOf('\r\n\r\n')
      if (head < 0) return
      const length = /content-length: (\d+)/i.exec(received.slice(0, head))
      const whole = length ? received.length >= head + 4 + Number(length[1]) : received.endsWith('0\r\n\r\n')
      if (!whole) return
      if (!received.startsWith('HTTP/1.1 200')) return reject(new Error(received.slice(0, 500)))
      received = ''
      left--
      if (left > 0) return void socket.write(request)
      socket.destroy()
      resolve()
    })
  })
}

async function startChild(name: Server, recorded?: Recorded) {
  const child = fork(import.meta.filename, [name], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  child.send(recorded ?? {})
  const [url] = (await once(child, 'message')) as [string]
  return { name, child, url: new URL(url) }
}

async function recordAnswer(url: URL): Promise<Recorded> {
  const response = await fetch(`${url}/chat/completions`, {
    method: 'POST',
    headers: { authorization: 'Bearer test' },
    body: JSON.stringify(QUESTION),
  })
  const headers = Object.fromEntries([...response.headers].filter(([name]) => !/^(connection|keep-alive)$/.test(name)))
  return { headers, body: await response.text() }
}

async function main(): Promise<void> {
  const ours = await startChild('longhaul')
  const children = [ours, await startChild('node:http', await recordAnswer(ours.url)), await startChild('aimock')]
  const load = (name: Server, connections: number): (() => Promise<number>) => {
    const { url } = children.find((server) => server.name === name)!
    return () =>
      timed(async () => {
        await Promise.all(Array.from({ length: connections }, () => ask(url, REQUESTS / connections)))
      })
  }
  for (const { name } of children) await load(name, 16)()
  for (const peer of ['node:http', 'aimock'] as const)
    for (const connections of [16, 64]) {
      // Requests a second are the inverse of time: the peer's time over ours.
      const measured = await ratio(peer, load(peer, connections), 'longhaul', load('longhaul', connections), PAIRS)
      record(`server-${peer.replace(':', '-')}-${connections}`, { requests: REQUESTS, connections, ...measured })
    }
  for (const { child } of children) child.kill()
}

const [, , role] = process.argv
if (role) {
  const [recorded] = (await once(process, 'message')) as [Recorded]
  process.send!(await SERVERS[role as Server](recorded))
} else await main()
