import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { createServer, Socket, type AddressInfo, type Server } from 'node:net'
import { createInterface, type Interface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { lookAt, threadsAreKnown } from '../../../../src/clock/quiet/threads-of.ts'
import { Children } from '../../../../src/clock/quiet/children.ts'
import type { Connection } from '../../../../src/clock/quiet/sockets.ts'
import { installDoors, registry, type ChildRecord } from '../../../../src/doors/index.ts'
import { epoll, Proc, RUNNING, sleep } from '../../../given/proc.ts'

installDoors()
const WINDOWS = { settleMs: 2_000, quietMs: 10 }

/** Until when the children hold the clock. */
function heldUntil(children: Children, from: number): number {
  let now = from
  while (children.look(now)) now += 5
  return now
}

/** A stream of a child, as far as it shows what goes through it. */
class Stream extends EventEmitter {
  bytesWritten = 0
  bytesRead = 0
  writableEnded = false
  destroyed = false
  readableFlowing: boolean | null = null
}

/** A child as Node tells of it. */
class Seen extends EventEmitter {
  exitCode: number | null = null
  signalCode: string | null = null
  channel: object | null = null
  isReferenced = true
  _handle: { hasRef(): boolean } | null = { hasRef: () => this.isReferenced }
  spawnargs = ['node', 'agent.js']
  stdin: Stream | null = new Stream()
  readonly stdout = new Stream()
  readonly stderr = new Stream()
  readonly extra = new Stream()
  readonly pid: number
  constructor(pid: number) {
    super()
    this.pid = pid
  }
  get stdio(): readonly (Stream | null)[] {
    return [this.stdin, this.stdout, this.stderr, null, this.extra]
  }
}

const PID = 4_000_001
const NAME = `child process ${PID} \`node agent.js\``
const TIMER = `${NAME} waits for its own timer`

/** A child to whose output somebody listens, with what its doors have seen. */
class Joined {
  readonly child: Seen
  readonly ofChild = new Set<string>()
  readonly byChild = new Set<string>()
  readonly requests = { spoken: false, ofChild: this.ofChild, byChild: this.byChild }
  readonly record: ChildRecord
  constructor(pid = PID, mayCall = false) {
    this.child = new Seen(pid)
    this.child.stdout.readableFlowing = true
    const { child, requests } = this
    this.record = { child: child as unknown as ChildProcess, messages: 0, signals: 0, requests, mayCall }
    registry.children.add(this.record)
  }
  /** It is given input. */
  ask(): void {
    this.child.stdin!.bytesWritten += 10
  }
  /** It writes something. */
  answer(): void {
    this.child.stdout.bytesRead += 10
  }
}

describe.runIf(threadsAreKnown)('by what the system tells of the threads of a child', () => {
  let proc: Proc
  let children: Children
  beforeEach(() => {
    registry.children.clear()
    proc = new Proc()
    proc.thread(PID, PID, { call: RUNNING })
    children = new Children(WINDOWS, 0, proc.root)
  })
  afterEach(() => {
    proc.remove()
    registry.children.clear()
  })
  const holds = (...times: number[]): (string | undefined)[] => times.map((now) => children.look(now)?.what)
  const runs = (): void => proc.thread(PID, PID, { call: RUNNING })
  const waits = (ms = -1): void => proc.thread(PID, PID, { call: epoll(ms) })

  test('it is at work until it was found asleep twice, and again only when it is asked', () => {
    const { child } = new Joined()
    expect(children.look(10)).toEqual({ what: `${NAME} is busy`, since: 10 })
    waits()
    expect(holds(20, 21)).toEqual([`${NAME} is busy`, undefined])
    runs()
    expect(holds(22)).toEqual([undefined])
    child.stdin!.bytesWritten += 1
    expect(children.look(30)).toEqual({ what: `${NAME} is busy`, since: 30 })
  })

  test.each<[string, (joined: Joined) => void]>([
    ['input', ({ child }) => (child.stdin!.bytesWritten = 1)],
    ['something on another pipe', ({ child }) => (child.extra.bytesWritten = 1)],
    ['a message', ({ record }) => (record.messages = 1)],
    ['a signal', ({ record }) => (record.signals = 1)],
    ['the end of its input', ({ child }) => (child.stdin!.writableEnded = true)],
    ['an end to its input', ({ child }) => (child.stdin!.destroyed = true)],
  ])('%s asks it, and lets it count although it was let go of', (_, ask) => {
    const joined = new Joined()
    waits()
    holds(10, 11)
    runs()
    joined.child.isReferenced = false
    expect(holds(12)).toEqual([undefined])
    ask(joined)
    expect(children.look(13)).toEqual({ what: `${NAME} is busy`, since: 13 })
    waits()
    expect(holds(2_000, 2_001)).toEqual([`${NAME} is busy`, undefined])
    expect(children.look(2_002)).toBeUndefined()
  })

  test.each<[string, (joined: Joined) => void, boolean]>([
    ['nobody listens to', () => {}, false],
    ['whose output flows', ({ child }) => (child.stdout.readableFlowing = true), true],
    ['whose output is paused', ({ child }) => (child.stdout.readableFlowing = false), false],
    ['whose errors flow', ({ child }) => (child.stderr.readableFlowing = true), true],
    ['whose output is listened to', ({ child }) => child.stdout.on('data', () => {}), true],
    ['whose output is read', ({ child }) => child.stdout.on('readable', () => {}), true],
    ['whose output is awaited to its end', ({ child }) => child.stdout.on('end', () => {}), true],
    ['whose errors are awaited to their close', ({ child }) => child.stderr.on('close', () => {}), true],
    ['whose output may only fail', ({ child }) => child.stdout.on('error', () => {}), false],
    ['with a channel for messages', ({ child }) => (child.channel = {}), true],
    ['whose exit is awaited', ({ child }) => child.on('exit', () => {}), true],
    ['whose close is awaited', ({ child }) => child.on('close', () => {}), true],
    ['whose messages are listened to', ({ child }) => child.on('message', () => {}), true],
    ['that may only fail', ({ child }) => child.on('error', () => {}), false],
  ])('one %s can change something here, or not', (_, listen, isHeard) => {
    const joined = new Joined()
    joined.child.stdout.readableFlowing = null
    listen(joined)
    expect(children.look(0) !== undefined).toBe(isHeard)
  })

  test('one that can call a server of this process can change something', () => {
    const { child } = new Joined(PID, true)
    child.stdout.readableFlowing = null
    expect(children.look(0)).toBeDefined()
  })

  test('one that was let go of, or has no handle any more, counts only once it is given something', () => {
    const joined = new Joined()
    joined.child.isReferenced = false
    expect(children.look(0)).toBeUndefined()
    joined.child._handle = null
    expect(children.look(1)).toBeUndefined()
    joined.ask()
    expect(children.look(2)).toBeDefined()
  })

  test('one that was given something before it was first looked at counts, too', () => {
    const joined = new Joined()
    joined.child.isReferenced = false
    joined.ask()
    expect(children.look(0)).toBeDefined()
  })

  test.each([
    ['a command of sixty characters is shown', 'x'.repeat(58), `a ${'x'.repeat(58)}`],
    ['a longer one is cut', 'x'.repeat(59), `a ${'x'.repeat(58)}…`],
  ])('%s', (_, word, shown) => {
    new Joined().child.spawnargs = ['a', word]
    expect(holds(0)).toEqual([`child process ${PID} \`${shown}\` is busy`])
  })

  test.each<[string, Partial<Seen>]>([
    ['has exited', { exitCode: 0 }],
    ['was killed', { signalCode: 'SIGKILL' }],
  ])('one that %s is known no more', (_, told) => {
    Object.assign(new Joined().child, told)
    expect([children.look(0), registry.children.size]).toEqual([undefined, 0])
  })

  test('one after another is looked at', () => {
    const first = new Joined()
    new Joined(PID + 1)
    proc.thread(PID + 1, PID + 1, { call: RUNNING })
    waits()
    const second = `child process ${PID + 1} \`node agent.js\` is busy`
    expect(holds(0, 1)).toEqual([`${NAME} is busy`, second])
    first.ask()
    expect(holds(2)).toEqual([`${NAME} is busy`])
  })

  test('one from before the run does what is not for it, unless it owes an answer', () => {
    const [idle, owing] = [new Joined(), new Joined(PID + 1)]
    owing.ofChild.add('1')
    proc.thread(PID + 1, PID + 1, { call: RUNNING })
    children = new Children(WINDOWS, 5, proc.root)
    expect(children.look(6)).toEqual({ what: `child process ${PID + 1} \`node agent.js\` is busy`, since: 5 })
    idle.ask()
    expect(children.look(7)).toEqual({ what: `${NAME} is busy`, since: 7 })
  })

  test('one at work is looked at again after a tenth of the time, and after 5 ms', () => {
    const joined = new Joined()
    expect(holds(0, 10)).toEqual([`${NAME} is busy`, `${NAME} is busy`])
    proc.end(PID)
    expect(holds(10.9, 11)).toEqual([`${NAME} is busy`, `${NAME} is ending`])
    runs()
    holds(1_000)
    proc.end(PID)
    expect(holds(1_004.9, 1_005)).toEqual([`${NAME} is busy`, `${NAME} is ending`])
    runs()
    holds(1_006)
    proc.end(PID)
    // What is asked of it is seen at once.
    joined.ask()
    expect(holds(1_006.1)).toEqual([`${NAME} is ending`])
  })

  test('that part of the time counts from when it was asked', () => {
    const joined = new Joined()
    waits()
    holds(0, 1)
    joined.ask()
    runs()
    expect(holds(1_000, 1_001)).toEqual([`${NAME} is busy`, `${NAME} is busy`])
    proc.end(PID)
    expect(holds(1_001.2)).toEqual([`${NAME} is ending`])
  })

  test('one that is asked again meanwhile is at work since it was asked first', () => {
    const joined = new Joined()
    holds(10)
    joined.ask()
    expect(children.look(20)).toEqual({ what: `${NAME} is busy`, since: 10 })
  })

  test('its pipes are known as such, also when it is not', () => {
    const { child } = new Joined()
    const isPipe = (stream: Stream): boolean => children.isPipeOf(stream as unknown as Socket)
    expect([child.stdin!, child.stdout, child.extra, new Stream()].map(isPipe)).toEqual([true, true, true, false])
    registry.children.clear()
    expect([child.stdin!, child.stdout, child.stderr].map(isPipe)).toEqual([true, true, false])
  })

  test('one that has ended is waited for until Node says so, and no longer than a peer', () => {
    new Joined()
    proc.end(PID)
    expect(holds(100, 1_000, 2_099, 2_100)).toEqual([
      `${NAME} is ending`,
      `${NAME} is ending`,
      `${NAME} is ending`,
      undefined,
    ])
  })

  describe('with a timer of its own', () => {
    let joined: Joined
    beforeEach(() => {
      joined = new Joined()
      waits(100)
      // It is asleep from here on.
      children.look(0)
    })
    /** Which of the moments it is waited for at; the next moment must lie 5 ms later to be looked at. */
    const isHeld = (...times: number[]): boolean[] => holds(...times).map((what) => what === TIMER)

    test('it is waited for as long as an answer may come, and once in vain', () => {
      expect(isHeld(1, 1_990, 2_000)).toEqual([true, true, false])
      joined.ask()
      expect(holds(3_000)).toEqual([`${NAME} is busy`])
      expect(isHeld(3_005, 3_020)).toEqual([true, false])
    })

    test('it is trusted again when it is told something by a signal', () => {
      expect(isHeld(1, 2_000)).toEqual([true, false])
      joined.record.signals += 1
      holds(3_000)
      expect(isHeld(3_100, 4_990, 5_000)).toEqual([true, true, false])
    })

    test('it is waited for after each of its answers', () => {
      joined.answer()
      expect(isHeld(1_500, 2_900, 3_000)).toEqual([true, true, false])
    })

    test('it is waited for twice as long if it owes an answer, and an answer does not end that', () => {
      joined.ofChild.add('1')
      joined.answer()
      expect(isHeld(100, 3_990, 4_000)).toEqual([true, true, false])
    })

    test('it is waited for moments only when it has given all its answers', () => {
      joined.requests.spoken = true
      expect(isHeld(1_000)).toEqual([true])
      joined.answer()
      expect(isHeld(1_100, 1_106, 1_112)).toEqual([true, true, false])
    })

    test('it is not waited for while it waits for an answer of this process', () => {
      joined.byChild.add('a')
      expect(isHeld(1)).toEqual([false])
    })

    test('it loses nothing of the patience with it while it works', () => {
      expect(isHeld(1_000)).toEqual([true])
      runs()
      expect(holds(1_010)).toEqual([`${NAME} is busy`])
      waits(100)
      expect(holds(1_100)).toEqual([`${NAME} is busy`])
      expect(isHeld(1_200, 2_005, 2_010)).toEqual([true, true, false])
    })

    test('it is waited for twice as long while it only sleeps', () => {
      proc.time(PID, 0x2000, [3, 0])
      proc.thread(PID, PID, { call: sleep(0x2000) })
      holds(1)
      expect(isHeld(2, 3_990, 4_000)).toEqual([true, true, false])
    })

    test('that is looked at again after a tenth of the time, too', () => {
      expect(isHeld(1_000)).toEqual([true])
      proc.end(PID)
      expect(holds(1_004, 1_005)).toEqual([TIMER, `${NAME} is ending`])
    })
  })

  describe('with a connection', () => {
    const ours: Connection = { localPort: 8_080, remotePort: 40_000 }
    const its: Connection = { localPort: 40_000, remotePort: 8_080 }
    /** The other end of another connection of the child. */
    const elsewhere: Connection = { localPort: 5_432, remotePort: 40_001 }
    let joined: Joined
    let here: { all: Connection[]; waiting: Connection[] }

    beforeEach(() => {
      here = { all: [], waiting: [] }
      children.see({ all: () => here.all, waiting: () => here.waiting })
      joined = new Joined()
      proc.connection(PID, { localPort: 40_001, remotePort: 5_432 })
      proc.connection(PID, its)
      waits()
      children.look(0)
    })
    const CONNECTED = `${NAME} has a connection to another process`

    test('to another process, it may be owed an answer by that one until it has spoken itself', () => {
      expect(holds(1, 1_990, 2_000)).toEqual([CONNECTED, CONNECTED, undefined])
      joined.ask()
      holds(3_000)
      expect(holds(3_010)).toEqual([CONNECTED])
      joined.answer()
      expect(holds(3_020)).toEqual([undefined])
    })

    test('to another process, it may be owed an answer as long as it owes one itself', () => {
      joined.answer()
      joined.ofChild.add('1')
      expect(holds(10, 2_000, 2_010)).toEqual([CONNECTED, CONNECTED, undefined])
    })

    test('to this process, it is owed nothing', () => {
      here.all = [elsewhere, ours]
      expect(holds(1)).toEqual([undefined])
    })

    test('on which it waits for a server of this process, its timer is not waited for', () => {
      waits(100)
      holds(1)
      expect(holds(2)).toEqual([TIMER])
      here.waiting = [{ localPort: 8_080, remotePort: 50_000 }, ours]
      expect(holds(10)).toEqual([undefined])
    })

    test('it is the peer of that connection, asleep or at work, until it has ended', () => {
      const peer = children.peerOf(ours, 0)
      expect(peer).toBeDefined()
      expect(children.peerOf({ ...ours, localPort: 1 }, 0)).toBeUndefined()
      runs()
      expect(children.peerOf(ours, 0)).toBe(peer)
      joined.child.exitCode = 0
      expect(children.peerOf(ours, 0)).toBeUndefined()
    })

    test('where nothing else is left to happen, it may go on by a timer, unless it was let go of or cannot be heard', () => {
      const goesOn = (): boolean => children.asleep().length > 0
      expect(goesOn()).toBe(false)
      waits(60_000)
      expect(children.asleep()).toEqual([NAME])
      joined.child.isReferenced = false
      expect(goesOn()).toBe(false)
      joined.child.isReferenced = true
      joined.child.stdout.readableFlowing = null
      expect(goesOn()).toBe(false)
      joined.child.stdout.readableFlowing = true
      runs()
      expect(goesOn()).toBe(true)
      joined.child.exitCode = 0
      expect(goesOn()).toBe(false)
    })

    test('it is the peer also if nobody has looked at it since it was started', () => {
      const young = new Joined(PID + 2)
      const others = { localPort: 8_080, remotePort: 40_002 }
      proc.thread(PID + 2, PID + 2)
      proc.connection(PID + 2, { localPort: 40_002, remotePort: 8_080 })
      const peer = children.peerOf(others, 1)
      expect(peer).toBeDefined()
      expect(children.peerOf(ours, 1)).not.toBe(peer)
      young.child.exitCode = 0
    })

    test('it is the peer of what those have that it has started', () => {
      const grandchild = { localPort: 40_002, remotePort: 8_080 }
      proc.thread(PID, PID, { children: [PID + 1], runs: 2 })
      proc.thread(PID + 1, PID + 1)
      proc.connection(PID + 1, grandchild)
      expect(children.peerOf({ localPort: 8_080, remotePort: 40_002 }, 0)).toBeDefined()
    })

    test('what is written there to one that was let go of does not let it count', () => {
      here.all = [elsewhere, ours]
      joined.ask()
      expect(holds(1, 2)).toEqual([`${NAME} is busy`, undefined])
      joined.child.isReferenced = false
      children.heardOf(children.peerOf(ours, 0)!, 'written', 10)
      runs()
      expect(holds(10)).toEqual([undefined])
    })

    test('it is asked by what is written there, and heard of by what is read', () => {
      here.all = [elsewhere, ours]
      expect(holds(1)).toEqual([undefined])
      const peer = children.peerOf(ours, 0)!
      children.heardOf(peer, 'written', 5_000)
      expect(children.look(5_000)).toMatchObject({ since: 5_000 })
      waits(100)
      holds(5_010)
      children.heardOf(peer, 'read', 6_500)
      expect(holds(7_900, 8_000).map((what) => what !== undefined)).toEqual([true, false])
    })
  })
})

describe('by what goes to and fro alone', () => {
  let children: Children
  beforeEach(() => {
    registry.children.clear()
    children = new Children(WINDOWS, 0, false)
  })
  afterEach(() => registry.children.clear())

  test.each<[string, (joined: Joined) => void, number]>([
    ['that is given no input may be busy for long after its last output', (joined) => joined.answer(), 2_100],
    [
      'that has no input, too',
      (joined) => {
        joined.child.stdin = null
        joined.answer()
      },
      2_100,
    ],
    ['that was given input may be, until it answers', (joined) => joined.ask(), 2_100],
    [
      'that has answered may be for a moment',
      (joined) => {
        joined.ask()
        children.look(50)
        joined.answer()
      },
      110,
    ],
    [
      'whose input has ended may be until it ends',
      (joined) => {
        joined.ask()
        joined.child.stdin!.writableEnded = true
        children.look(50)
        joined.answer()
      },
      2_100,
    ],
    [
      'that owes another answer may be',
      (joined) => {
        joined.ask()
        joined.ofChild.add('1')
        children.look(50)
        joined.answer()
      },
      2_100,
    ],
  ])('one %s', (_, happens, until) => {
    const joined = new Joined()
    children.look(0)
    happens(joined)
    expect(children.look(100)?.what).toBe(`${NAME} may be busy`)
    expect([until - 1, until].map((now) => children.look(now)?.what)).toEqual([`${NAME} may be busy`, undefined])
  })

  test('one may not be known by its connections', () => {
    new Joined()
    expect(children.peerOf({ localPort: 1, remotePort: 2 }, 0)).toBeUndefined()
  })
})

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
      const peer = children.peerOf(connection(), 0)!
      expect(children.peerOf({ ...connection(), localPort: 1 }, 0)).toBeUndefined()
      children.heardOf(peer, 'written', 5_000)
      expect(children.look(5_000)).toMatchObject({ since: 5_000 })
      now = 5_000
      await comesTo(undefined)
      children.heardOf(peer, 'read', 6_000)
      expect(children.look(6_000)).toBeUndefined()
      expect(new Children(WINDOWS, 0, false).peerOf(connection(), 0)).toBeUndefined()
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
