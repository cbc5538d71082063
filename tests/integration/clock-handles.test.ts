import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { createInterface, type Interface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { startSimulatedClock, type Clock } from '../../src/clock/index.ts'

let clock: Clock | undefined
afterEach(() => clock?.stop())
const start = (options: Partial<Parameters<typeof startSimulatedClock>[0]> = {}): Clock =>
  (clock = startSimulatedClock({ mode: { kind: 'virtual' }, tell: () => {}, ...options }))

const children: ChildProcess[] = []
afterAll(() => children.forEach((child) => child.kill('SIGKILL')))

/** A process that speaks lines, as a program given on the command line. */
function run(program: string): ChildProcess & { stdout: NodeJS.ReadableStream; stdin: NodeJS.WritableStream } {
  const child = spawn(process.execPath, ['-e', program], { stdio: ['pipe', 'pipe', 'inherit'] })
  children.push(child)
  return child as never
}

describe('a database in another process, and a pool of connections to it', () => {
  const pool: Socket[] = []

  beforeAll(async () => {
    // Answers each line after two real milliseconds, as a small query does.
    const database = run(`
      const server = require('node:net').createServer((socket) => {
        socket.on('error', () => {})
        socket.on('data', (query) => setTimeout(() => socket.write('row ' + query), 2))
      })
      server.listen(0, '127.0.0.1', () => console.log(server.address().port))`)
    const [port] = (await once(createInterface(database.stdout), 'line')) as [string]
    for (let i = 0; i < 5; i++) {
      const socket = connect(Number(port), '127.0.0.1')
      await once(socket, 'connect')
      pool.push(socket)
    }
  })
  afterAll(() => pool.forEach((socket) => socket.destroy()))

  const query = async (socket: Socket, text: string): Promise<string> => {
    const answer = once(socket, 'data')
    socket.write(text)
    return String((await answer)[0])
  }

  test('idle connections let a week pass', async () => {
    start()
    await sleep(7 * 86_400_000)
    expect(clock!.now()).toBe(7 * 86_400_000)
  })

  test('queries on them win against a virtual timeout, again and again', async () => {
    start()
    for (let nth = 0; nth < 200; nth++) {
      const timeout = new AbortController()
      const late = sleep(1_000, 'late', { signal: timeout.signal }).catch(() => 'aborted')
      expect(await Promise.race([query(pool[nth % 5]!, `${nth}`), late])).toBe(`row ${nth}`)
      timeout.abort()
    }
    expect(clock!.now()).toBe(0)
    await sleep(60_000)
    expect(clock!.now()).toBe(60_000)
  })
})

describe('an MCP server as a child process on stdio', () => {
  let server: ReturnType<typeof run>
  let lines: Interface

  beforeAll(async () => {
    server = run(`
      require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
        const { id, method } = JSON.parse(line)
        if (id !== undefined) setTimeout(() => console.log(JSON.stringify({ jsonrpc: '2.0', id, result: { method } })), 3)
      })
      console.log('ready')`)
    lines = createInterface(server.stdout)
    await once(lines, 'line')
  })

  test('idle, it lets hours pass; asked, it is waited for', async () => {
    start()
    await sleep(3 * 3_600_000)
    for (let id = 1; id <= 50; id++) {
      const answer = once(lines, 'line').then(([line]) => JSON.parse(String(line)) as { id: number })
      server.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call' })}\n`)
      expect(await Promise.race([answer, sleep(1_000, 'late')])).toMatchObject({ id })
    }
    expect(clock!.now()).toBe(3 * 3_600_000)
  })

  test('a notification, which nobody answers, holds the clock for the settle window only', async () => {
    start({ settle: '30ms' })
    server.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' })}\n`)
    await sleep(3_600_000)
    expect(clock!.now()).toBe(3_600_000)
  })
})
