import { execFile, execFileSync, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeOrchestration, type SystemContext } from 'longhaul'

/** A program that asks a provider, and says how that went. */
const ASKS = `fetch('https://api.openai.com/v1/models').then(
  (response) => 'status ' + response.status,
  (error) => 'refused: ' + (error.cause?.code ?? error.cause?.message ?? error.message),
)`
const PRINTS = `${ASKS}.then(console.log)`
const REFUSED = 'refused: LONGHAUL_UNMOUNTED_PROVIDER'

/** A program that connects to an address to which no system lets it, and says what it says. */
const NOWHERE = `require('node:net').connect(4, '255.255.255.255').on('error', ({ code }) => console.log(code))`
const SYSTEM = /^E[A-Z]+$/

const run = promisify(execFile)
const byNode = async (program: string, ...args: string[]): Promise<string> =>
  (await run(process.execPath, [...args, '-e', program])).stdout.trim()

/** A fork has no program on its command line; it is told over its channel. */
const FORK = `process.on('message', async () => { process.send(await ${ASKS}); process.disconnect() })`

const WAYS: Record<string, () => Promise<unknown>> = {
  execFile: () => byNode(PRINTS),
  async spawn() {
    const child = spawn(process.execPath, ['-e', PRINTS], { env: { PATH: process.env['PATH'] } })
    const [text] = (await once(child.stdout, 'data')) as [Buffer]
    await once(child, 'close')
    return String(text).trim()
  },
  execFileSync: async () => String(execFileSync(process.execPath, ['-e', PRINTS])).trim(),
  async fork() {
    const child = fork('data:text/javascript,', { execArgv: ['-e', FORK], silent: true })
    child.send('ask')
    const [answer] = (await once(child, 'message')) as [unknown]
    await once(child, 'exit')
    return answer
  },
  async 'a child of a child'() {
    const grandchild = `process.stdout.write(require('child_process').execFileSync(process.execPath, ['-e', ${JSON.stringify(PRINTS)}]))`
    return byNode(grandchild)
  },
  async worker() {
    const program = `const { parentPort } = require('node:worker_threads'); ${ASKS}.then((text) => parentPort.postMessage(text))`
    const worker = new Worker(program, { eval: true })
    const [answer] = (await once(worker, 'message')) as [unknown]
    await worker.terminate()
    return answer
  },
  async 'a worker with arguments and an environment of its own'() {
    const program = `const { parentPort } = require('node:worker_threads'); ${ASKS}.then((text) => parentPort.postMessage(text))`
    const worker = new Worker(program, { eval: true, execArgv: ['--no-warnings'], env: { LANG: 'C' } })
    const [answer] = (await once(worker, 'message')) as [unknown]
    await worker.terminate()
    return answer
  },
}

const inEnvironment = async (program: string, env: NodeJS.ProcessEnv): Promise<string> =>
  (await run(process.execPath, ['-e', program], { env })).stdout

let here: string
const asked: string[] = []
const server = createServer((_request, response) => response.end('here'))
server.on('connect', ({ url }, socket) => {
  asked.push(url!)
  socket.end()
})
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  here = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => void server.close())

const options = {
  system: ({ vars }: SystemContext) => (vars['work'] as () => Promise<unknown>)(),
} as const

describeOrchestration('a program that starts others which call a provider', options, (test) => {
  for (const [way, work] of Object.entries(WAYS))
    test(
      `reaches none by ${way}, and the trace tells of it`,
      { timeout: 30_000 },
      async ({ run, trace, waive, expect }) => {
        waive('unsimulated')
        expect((await run({ vars: { work } })).result).toBe(REFUSED)
        expect(trace.ofType('call.refused')).toMatchObject([{ host: 'api.openai.com', reason: 'outside' }])
      },
    )

  test.fails('fails where that is not meant', { timeout: 30_000 }, async ({ run }) => {
    await run({ vars: { work: () => byNode(PRINTS) } })
  })

  test('reaches servers of this machine', { timeout: 30_000 }, async ({ run, trace, expect }) => {
    const work = () => byNode(`fetch('${here}').then((response) => response.text()).then(console.log)`)
    expect((await run({ vars: { work } })).result).toBe('here')
    expect(trace.ofType('call.refused')).toEqual([])
  })

  test('does not get through a proxy of this machine either', { timeout: 30_000 }, async ({ run, waive, expect }) => {
    waive('unsimulated')
    const { port } = new URL(here)
    const program = `require('node:http').request({ port: ${port}, method: 'CONNECT', path: 'api.openai.com:443' })
      .on('connect', () => console.log('through'))
      .on('error', ({ code }) => console.log('refused: ' + code)).end()`
    expect((await run({ vars: { work: () => byNode(program) } })).result).toBe(REFUSED)
    expect(asked).toEqual([])
  })

  test('nor through one that speaks SOCKS', { timeout: 30_000 }, async ({ run, trace, waive, expect }) => {
    waive('unsimulated')
    const { port } = new URL(here)
    const name = 'api.openai.com'
    const request = [5, 1, 0, 3, name.length, ...Buffer.from(name), 1, 187]
    const program = `require('node:net').connect(${port}, '127.0.0.1', function () { this.write(Buffer.from(${JSON.stringify(request)})) })
      .on('error', ({ code }) => console.log('refused: ' + code))`
    expect((await run({ vars: { work: () => byNode(program) } })).result).toBe(REFUSED)
    expect(trace.ofType('call.refused')).toMatchObject([{ host: 'api.openai.com', method: 'CONNECT' }])
  })

  test('looks up no name and sends no datagram', { timeout: 30_000 }, async ({ run, trace, waive, expect }) => {
    waive('unsimulated')
    const program = `const told = ({ code }) => console.log(code)
      require('node:dns').promises.resolve4('example.com').catch(told).then(() =>
        require('node:dgram').createSocket('udp4').send('x', 53, '8.8.8.8', (error) => { told(error); process.exit() }))`
    expect((await run({ vars: { work: () => byNode(program) } })).result).toBe(
      'LONGHAUL_UNMOUNTED_PROVIDER\nLONGHAUL_UNMOUNTED_PROVIDER',
    )
    expect(trace.ofType('call.refused').map(({ host, method }) => `${method} ${host}`)).toEqual([
      'UDP 8.8.8.8:53',
      'LOOKUP example.com',
    ])
  })

  test('keeps the options of Node that it was given', { timeout: 30_000 }, async ({ run, expect }) => {
    const env = { ...process.env, NODE_OPTIONS: '--title=agent' }
    const work = async () => (await inEnvironment('console.log(process.title)', env)).trim()
    expect((await run({ vars: { work } })).result).toBe('agent')
  })
})

describeOrchestration('a test that allows a host', { ...options, network: { allow: ['255.255.255.255'] } }, (test) => {
  test('lets its children reach that one', { timeout: 30_000 }, async ({ run, trace, expect }) => {
    expect((await run({ vars: { work: () => byNode(NOWHERE) } })).result).toMatch(SYSTEM)
    expect(trace.ofType('call.refused')).toEqual([])
  })
})

describeOrchestration('a test in real time', { ...options, time: 'real' }, (test) => {
  test('lets its children be', { timeout: 30_000 }, async ({ run, expect }) => {
    expect((await run({ vars: { work: () => byNode(NOWHERE) } })).result).toMatch(SYSTEM)
  })
})

test('between tests a child is what it always was', { timeout: 30_000 }, async () => {
  expect(await byNode(NOWHERE)).toMatch(SYSTEM)
})
