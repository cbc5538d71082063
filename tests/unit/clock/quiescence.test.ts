import { spawn } from 'node:child_process'
import { pbkdf2 } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { readFile } from 'node:fs'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { watchProcess, type Quiescence, type QuiescenceDependencies } from '../../../src/clock/quiescence.ts'
import { behind, installDoors, native, registry } from '../../../src/doors/index.ts'

installDoors()
let watch: Quiescence
let now: number
const ends: (() => unknown)[] = []

const eventually = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 20_000, interval: 1 })

/** Watches from now on, at a time that the test sets. */
async function begin(more: Partial<QuiescenceDependencies> = {}): Promise<void> {
  // Messages of the test runner, and connections of the test, are on their way.
  const requests = (): string => process.getActiveResourcesInfo().join(' ')
  await eventually(() => expect(requests()).not.toMatch(/(Connect|Write|Shutdown)Wrap/))
  watch = watchProcess(
    { settleMs: 2_000, quietMs: 10 },
    { now: () => now, probes: [], waitsOf: () => ({ sure: false, perhaps: false }), ...more },
  )
  // What code that ran before the first look has sent comes in with the next turn.
  expect(watch.activity()).toEqual({ kind: 'arrivals' })
}
beforeEach(() => {
  now = 0
  registry.children.clear()
})
afterEach(async () => {
  watch.stop()
  for (const end of ends.splice(0)) await end()
})

const forever = (): Promise<never> => new Promise(() => {})
const quiet = { kind: 'quiet' }

describe('a process', () => {
  test('is quiet when nothing is left to happen in it', async () => {
    await begin()
    expect(watch.activity()).toEqual(quiet)
    expect(watch.holding()).toBeUndefined()
  })

  test('that has immediates pending is not, nor until what they have sent may have come in', async () => {
    await begin()
    const immediate = native.setImmediate(() => {})
    expect(watch.activity()).toEqual({ kind: 'immediates' })
    native.clearImmediate(immediate)
    expect([watch.activity(), watch.activity()]).toEqual([{ kind: 'arrivals' }, quiet])
  })

  test('to which something has come is not until the next look', async () => {
    const server = createServer((socket) => void socket.resume())
    server.listen(0, '127.0.0.1')
    ends.push(() => server.close())
    await once(server, 'listening')
    await begin()
    watch.activity()
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
    await once(client, 'connect')
    client.destroy()
    await once(client, 'close')
    await eventually(() => expect(watch.activity()).toEqual(quiet))
  })
})

describe('what is at work is told, and since when', () => {
  const heldBy = (): string | undefined => {
    const activity = watch.activity()
    return activity.kind === 'io' ? activity.what : undefined
  }

  test('what somebody else says is in flight', async () => {
    let imports = false
    await begin({ probes: [() => false, () => imports] })
    imports = true
    now = 100
    expect(heldBy()).toBe('the import of a module')
    now = 350
    expect(watch.holding()).toBe('the import of a module, for 250ms')
    imports = false
    expect([heldBy(), watch.holding()]).toEqual([undefined, undefined])
  })

  test('work that a door knows', async () => {
    let imports = false
    await begin({ probes: [() => imports] })
    imports = true
    const { promise, resolve } = Promise.withResolvers<void>()
    now = 100
    const known = behind.work!.hold(promise, 'a file')
    expect(heldBy()).toBe('a file')
    now = 350
    expect(watch.holding()).toBe('a file, for 250ms')
    resolve()
    await known
    expect(heldBy()).toBe('the import of a module')
  })

  test('a job of the thread pool, and a request of Node', async () => {
    await begin()
    const done = new Promise((resolve) => pbkdf2('a', 'b', 1_000, 32, 'sha512', resolve))
    expect(heldBy()).toBe('1 job(s) in the thread pool')
    await done
    const read = new Promise((resolve) => readFile(import.meta.filename, resolve))
    expect(heldBy()).toBe('1 request(s) such as FSReqCallback')
    await read
    await eventually(() => expect(heldBy()).toBeUndefined())
  })

  test('bytes between two sockets', async () => {
    const server = createServer({ pauseOnConnect: true })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
    const [[accepted]] = (await Promise.all([once(server, 'connection'), once(client, 'connect')])) as [
      [Socket],
      unknown,
    ]
    ends.push(() => [client.destroy(), accepted.destroy(), server.close()])
    await begin()
    client.write('question')
    await eventually(() => expect(heldBy()).toBe('1 exchange(s) open on a socket'))
    accepted.resume()
    await once(accepted, 'data')
    expect(heldBy()).toBeUndefined()
  })

  test('a datagram', async () => {
    await begin()
    const socket = createSocket('udp4')
    ends.push(() => socket.close())
    now = 100
    behind.work!.datagram(socket, { port: 55, address: '192.0.2.3' })
    expect(heldBy()).toBe('a datagram to 192.0.2.3:55 is in transit')
    now = 2_100
    expect(heldBy()).toBeUndefined()
  })

  test('a child process', async () => {
    await begin()
    const child = spawn(process.execPath, ['-e', ''])
    child.stdout.resume()
    expect(heldBy()).toMatch(/^child process \d+ `.* -e ` /)
    await once(child, 'close')
    expect(heldBy()).toBeUndefined()
  })

  test('a worker thread', async () => {
    await begin()
    const worker = new Worker('setTimeout(() => {}, 60_000)', { eval: true })
    ends.push(() => worker.terminate())
    await eventually(() => expect(heldBy()).toMatch(/thread/))
    await worker.terminate()
    await eventually(() => expect(heldBy()).toBeUndefined())
  })
})

describe('work that was given to io', () => {
  const HELD = { kind: 'io', what: '1 promise(s) given to clock.io()' }

  test('holds the clock, unless it waits for the clock itself', async () => {
    const asked: number[] = []
    let sure = false
    await begin({ waitsOf: (since) => (asked.push(since), { sure, perhaps: sure }) })
    watch.hold(forever(), 7_000)
    expect(watch.activity()).toEqual(HELD)
    sure = true
    expect(watch.activity()).toEqual(quiet)
    expect(asked).toEqual([7_000, 7_000])
  })

  test('is not asked what it waits for while something else goes on', async () => {
    await begin({ waitsOf: () => ({ sure: true, perhaps: true }) })
    watch.hold(forever(), 0)
    const immediate = native.setImmediate(() => {})
    expect(watch.activity()).toEqual(HELD)
    native.clearImmediate(immediate)
    expect(watch.activity()).toEqual(quiet)
  })

  test('that perhaps waits for the clock holds it for 50 quiet milliseconds', async () => {
    await begin({ waitsOf: () => ({ sure: false, perhaps: true }) })
    watch.hold(forever(), 0)
    const at = (ms: number): string => {
      now = ms
      return watch.activity().kind
    }
    expect([0, 49, 50].map(at)).toEqual(['io', 'io', 'quiet'])
  })

  test('perhaps waits for an answer of this process, if a peer began to wait after it', async () => {
    const server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const child = spawn(process.execPath, [
      '-e',
      `require('node:net').connect(${(server.address() as AddressInfo).port}, '127.0.0.1').write('question')`,
    ])
    ends.push(() => [child.kill('SIGKILL'), server.close()])
    await begin()
    watch.hold(forever(), 0)
    const [accepted] = (await once(server, 'connection')) as [Socket]
    ends.push(() => accepted.destroy())
    accepted.resume()
    await once(accepted, 'data')
    // Each look is later, so that no window of patience is open.
    await eventually(() => {
      now += 10_000
      expect(watch.activity()).toEqual(quiet)
    })
  })
})

test('when the watch has stopped, doors tell it nothing', async () => {
  await begin()
  watch.stop()
  expect(behind.work).toBeUndefined()
  const done = new Promise((resolve) => pbkdf2('a', 'b', 1_000, 32, 'sha512', resolve))
  expect(watch.activity().kind).not.toBe('io')
  await done
})

test('timers of the real clock that were set since the watch began are known', async () => {
  const before = native.setTimeout(() => {}, 70_000)
  await begin()
  const since = native.setTimeout(() => {}, 60_000)
  ends.push(() => [before, since].forEach((timer) => native.clearTimeout(timer)))
  expect(watch.realTimers()).toMatchObject([{ ms: 60_000 }])
})
