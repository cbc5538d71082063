import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process'
import { once } from 'node:events'
import { createServer, Socket, type AddressInfo, type Server } from 'node:net'
import { createInterface, type Interface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { lookAt, threadsAreKnown } from '../../../../src/clock/quiet/threads-of.ts'
import { Children } from '../../../../src/clock/quiet/children.ts'
import type { Connection } from '../../../../src/clock/quiet/sockets.ts'
import { installDoors, registry } from '../../../../src/doors/index.ts'

installDoors()
const WINDOWS = { settleMs: 2_000, quietMs: 10 }

/** Until when the children hold the clock. */
function heldUntil(children: Children, from: number): number {
  let now = from
  while (children.look(now)) now += 5
  return now
}

describe('where the system does not tell what processes do', () => {
  let child: ChildProcess
  let lines: Interface

  beforeEach(async () => {
    registry.children.clear()
    child = spawn(process.execPath, [
      '-e',
      `require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => console.log(line.replace('"method"', '"result"')))
       console.log('ready')`,
    ])
    lines = createInterface(child.stdout!)
    await once(lines, 'line')
  })
  afterEach(() => void child.kill('SIGKILL'))

  test('a child from before the run holds nothing', () => {
    expect(heldUntil(new Children(WINDOWS, 0, false), 0)).toBe(0)
  })

  test('one that is asked is waited for until it answers, and a little longer', async () => {
    const children = new Children(WINDOWS, 0, false)
    const answer = once(lines, 'line')
    child.stdin!.write('question\n')
    expect(children.look(100)?.what).toMatch(/^child process \d+ `.*` may be busy$/)
    await answer
    expect(heldUntil(children, 200)).toBe(210)
  })

  test('one that never answers is waited for no longer than it may take', () => {
    const children = new Children(WINDOWS, 0, false)
    child.stdin!.write('question')
    expect(heldUntil(children, 100)).toBe(2_100)
  })

  test('an open JSON-RPC request is waited for after a notification', async () => {
    const children = new Children(WINDOWS, 0, false)
    const first = once(lines, 'line')
    child.stdin!.write('{"jsonrpc":"2.0","id":1,"method":"call"')
    child.stdin!.write('}\n{"jsonrpc":"2.0","id":2,"method":"call"}')
    await first
    expect(heldUntil(children, 100)).toBe(2_100)
  })
})

test.runIf(threadsAreKnown)('a child that has ended holds the clock until Node says so', () => {
  registry.children.clear()
  const children = new Children(WINDOWS, 0)
  const child = spawn(process.execPath, ['-e', 'console.log("done")'])
  child.stdout.resume()
  expect(children.look(0)).toBeDefined()
  // Nothing of the child is heard while this thread is blocked.
  while (lookAt(child.pid!).kind !== 'gone') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10)
  expect(children.look(60_000)?.what).toMatch(/is ending$/)
  expect(heldUntil(children, 60_005)).toBe(62_000)
})

describe.runIf(threadsAreKnown)('what a child does is known by its threads', { timeout: 60_000 }, () => {
  let children: Children
  let now: number
  const started: ChildProcess[] = []

  beforeEach(() => {
    registry.children.clear()
    now = 0
    children = new Children(WINDOWS, now)
  })
  afterEach(() => {
    for (const child of started.splice(0)) child.kill('SIGKILL')
    registry.children.clear()
  })

  const start = (command: string, args: string[], stdio: StdioOptions = 'pipe'): ChildProcess => {
    const child = spawn(command, args, { stdio })
    child.stdout?.resume()
    started.push(child)
    return child
  }
  const node = (code: string): ChildProcess => start(process.execPath, ['-e', code])
  /** What it does, as soon as that is what is expected. */
  const comesTo = (what: RegExp | undefined): Promise<void> =>
    vi.waitFor(
      () => {
        now += 1
        const doing = children.look(now)?.what
        if (what) expect(doing).toMatch(what)
        else expect(doing).toBeUndefined()
      },
      { timeout: 20_000, interval: 2 },
    )
  /** Until when it is waited for, if it stays as it is. */
  const heldFrom = (from: number): number => heldUntil(children, from) - from

  test('from its start until it waits for input, and again from each input, message or signal', async () => {
    const child = start('cat', [])
    expect(children.look(now)).toMatchObject({
      since: 0,
      what: expect.stringMatching(/^child process \d+ `cat` is /) as string,
    })
    await comesTo(undefined)
    const asked = [
      () => child.stdin!.write('question\n'),
      () => child.kill('SIGCONT'),
      () => process.kill(child.pid!, 'SIGCONT'),
    ]
    for (const ask of asked) {
      ask()
      now += 1
      expect(children.look(now)).toMatchObject({ since: now })
      await comesTo(undefined)
    }
    child.stdin!.end()
    expect(children.look(now + 1)).toBeDefined()
    await once(child, 'close')
    expect([children.look(now + 2), registry.children.size]).toEqual([undefined, 0])
  })

  test('while it is busy it is not looked at each time, and held for as long as it takes', async () => {
    node('for (;;);')
    await comesTo(/is busy$/)
    expect(children.look(1_000_000)?.what).toMatch(/`.* -e for \(;;\);` is busy$/)
  })

  test('a timer of its own is waited for, unless it is longer than all patience', async () => {
    const child = start('sleep', ['3'])
    await comesTo(/waits for its own timer$/)
    expect(children.look(3_900)?.what).toMatch(/waits for its own timer$/)
    child.kill()
    await once(child, 'close')
    start('sleep', ['30'])
    await comesTo(undefined)
  })

  test('one to whom nobody listens, or that was let go of, holds nothing until it is given something', async () => {
    start(process.execPath, ['-e', 'for (;;);'], 'ignore')
    expect(children.look(0)).toBeUndefined()
    const listened = start('cat', [], ['ignore', 'ignore', 'ignore'])
    listened.on('exit', () => {})
    expect(children.look(1)).toBeDefined()
    await once(listened, 'close')
    const background = start('cat', [])
    background.unref()
    expect(children.look(2)).toBeUndefined()
    background.stdin!.write('question\n')
    expect(children.look(3)).toBeDefined()
  })

  test('a long command is shown by its beginning', () => {
    node(`// ${'x'.repeat(100)}`)
    expect(children.look(0)?.what).toMatch(/^child process \d+ `.{60}…` is/)
  })

  test('its pipes are known, also when it has ended', async () => {
    const child = start('true', [])
    const pipe = child.stdout as Socket
    expect([children.isPipeOf(pipe), children.isPipeOf(child.stdin as Socket)]).toEqual([true, true])
    await once(child, 'close')
    children.look(now)
    expect([children.isPipeOf(pipe), children.isPipeOf(new Socket())]).toEqual([true, false])
  })

  describe('with a connection', () => {
    let server: Server
    let accepted: Socket
    let here: Connection[] = []
    let waiting: Connection[] = []

    beforeEach(async () => {
      here = []
      waiting = []
      children.see({ all: () => here, waiting: () => waiting })
      server = createServer()
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      node(
        `require('node:net').connect(${(server.address() as AddressInfo).port}, '127.0.0.1'); process.stdin.resume()`,
      )
      ;[accepted] = (await once(server, 'connection')) as [Socket]
    })
    afterEach(() => {
      accepted.destroy()
      server.close()
    })
    const connection = (): Connection => ({ localPort: accepted.localPort!, remotePort: accepted.remotePort! })

    test('to another process it may owe an answer to that one', async () => {
      await comesTo(/has a connection to another process$/)
      expect(heldFrom(now)).toBeGreaterThan(1_500)
      expect(heldFrom(60_000)).toBe(0)
    })

    test('to this process it owes nothing else', async () => {
      here = [connection()]
      await comesTo(undefined)
    })

    test('on which it waits for a server of this process it is not at work', async () => {
      waiting = [connection()]
      await comesTo(undefined)
    })

    test('it is known as the peer, and what is heard of it counts', async () => {
      here = [connection()]
      await comesTo(undefined)
      const peer = children.peerOf(connection())!
      expect(children.peerOf({ ...connection(), localPort: 1 })).toBeUndefined()
      children.heardOf(peer, 'written', 5_000)
      expect(children.look(5_000)).toMatchObject({ since: 5_000 })
      now = 5_000
      await comesTo(undefined)
      children.heardOf(peer, 'read', 6_000)
      expect(children.look(6_000)).toBeUndefined()
      expect(new Children(WINDOWS, 0, false).peerOf(connection())).toBeUndefined()
    })
  })

  test('one that has asked this process something waits for it, and one that owes an answer is waited for longer', async () => {
    const child = node(`
      process.stdin.resume()
      console.log('{"jsonrpc":"2.0","id":"a","method":"ask"}')
      setInterval(() => {}, 2_500)
    `)
    child.stdin!.write('{"jsonrpc":"2.0","id":1,"method":"call"}\n')
    await once(child.stdout!, 'data')
    await comesTo(undefined)
    child.stdin!.write('{"jsonrpc":"2.0","id":"a","result":1}\n')
    await comesTo(/waits for its own timer$/)
  })
})
