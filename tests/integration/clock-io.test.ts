import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { pbkdf2 } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startSimulatedClock, type Clock } from '../../src/clock/index.ts'

const TIMES = 1_000
const zip = promisify(gzip)
const derive = promisify(pbkdf2)
const execute = promisify(execFile)

let clock: Clock
let server: Server
let url: string

beforeAll(async () => {
  server = createServer((_request, response) => response.end('answer'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
beforeEach(() => void (clock = startSimulatedClock({ mode: { kind: 'virtual' }, tell: () => {} })))
afterEach(() => clock.stop())

/** Real work against a long virtual timeout, many times; gives how often the timeout won. */
async function falseTimeouts(work: () => Promise<unknown>): Promise<number> {
  let lost = 0
  for (let i = 0; i < TIMES; i++) {
    const timeout = new AbortController()
    const late = sleep(60_000, 'late', { signal: timeout.signal }).catch(() => 'aborted')
    if ((await Promise.race([work(), late])) === 'late') lost += 1
    timeout.abort()
  }
  return lost
}

const WORK: [string, () => Promise<unknown>][] = [
  ['a file read', () => readFile(import.meta.filename)],
  ['a loopback HTTP exchange', async () => (await fetch(url)).text()],
  ['a child process', () => execute('true')],
  ['a zlib job', () => zip('x'.repeat(10_000))],
  ['a crypto job', () => derive('password', 'salt', 100, 32, 'sha256')],
]

describe.each(['an idle machine', 'both cores busy'])('on %s, virtual time never runs ahead of', (machine) => {
  const burners: ChildProcess[] = []
  beforeAll(() => {
    if (machine === 'an idle machine') return
    for (let i = 0; i < 2; i++) burners.push(spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }))
  })
  afterAll(() => burners.forEach((burner) => burner.kill('SIGKILL')))

  test.each(WORK)(`%s, ${TIMES} times`, { timeout: 120_000 }, async (_, work) => {
    expect(await falseTimeouts(work)).toBe(0)
    expect(clock.now()).toBe(0)
  })
})

describe('handles that live long do not hold the clock', () => {
  test('a keep-alive connection', async () => {
    await (await fetch(url)).text()
    await sleep(3_600_000)
    expect(clock.now()).toBe(3_600_000)
  })

  test('a server in this process that keeps a request waiting on virtual time', async () => {
    const slow = createServer((_request, response) => setTimeout(() => response.end('at last'), 240_000))
    await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve))
    const answer = await (await fetch(`http://127.0.0.1:${(slow.address() as AddressInfo).port}/`)).text()
    expect(answer).toBe('at last')
    expect(clock.now()).toBe(240_000)
    slow.closeAllConnections()
    slow.close()
  })

  test('io(promise) holds it for as long as the user says', async () => {
    let settle!: () => void
    const own = new Promise<void>((resolve) => (settle = resolve))
    const racing = Promise.race([clock.io(own.then(() => 'own')), sleep(1_000, 'late')])
    let turns = 0
    const turn = (): void => void (++turns < 50 ? setImmediate(turn) : settle())
    turn()
    expect(await racing).toBe('own')
  })
})
