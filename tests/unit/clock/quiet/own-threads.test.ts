import { once } from 'node:events'
import { readdirSync, readlinkSync, rmSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { OwnThreads } from '../../../../src/clock/quiet/own-threads.ts'
import type { Connection } from '../../../../src/clock/quiet/sockets.ts'
import { threadsAreKnown } from '../../../../src/clock/quiet/threads-of.ts'
import { installDoors, registry } from '../../../../src/doors/index.ts'
import { epoll, futex, Proc, reading, RUNNING, sleep } from '../../../given/proc.ts'

installDoors()
const WINDOWS = { settleMs: 2_000, quietMs: 10 }

/** What the system tells of a thread. */
type Told = Parameters<Proc['thread']>[2]

const TIMER = 'a worker thread, which has set a timer of its own'
const busy = (name: string): string => `a thread of this process (${name}) is busy`
const WORKER = 'WorkerThread'
const POOL = 'libuv-worker'

describe.runIf(threadsAreKnown)('by what the system tells of the threads of this process', () => {
  const before = [...registry.workers]
  const { addOns } = registry
  let proc: Proc
  let threads: OwnThreads | undefined
  let here: { all: Connection[]; waiting: Connection[] }

  /** Begins a run at 0, with the threads that were told of before. */
  const begin = (hasSilentModule = () => false): OwnThreads => {
    const { all, waiting } = here
    threads = new OwnThreads(
      WINDOWS,
      0,
      { all: () => all, waiting: () => waiting },
      { proc: proc.root, hasSilentModule },
    )
    return threads
  }
  /** A worker as Node tells of it. */
  const join = ({ threadId = 7, idle = 1 } = {}): { threadId: number } => {
    const worker = { threadId, performance: { eventLoopUtilization: () => ({ active: 1, idle, utilization: 0 }) } }
    registry.workers.add(worker as unknown as Worker)
    return worker
  }
  const openFiles = (): string[] =>
    readdirSync('/proc/self/fd').filter((file) => {
      try {
        return readlinkSync(`/proc/self/fd/${file}`).startsWith(proc.root)
      } catch {
        return false
      }
    })
  const looks = (from: number, to: number): unknown[] =>
    Array.from({ length: to - from + 1 }, (_, nth) => threads!.look(from + nth)?.what)

  beforeEach(() => {
    proc = new Proc()
    proc.thread('self', process.pid, { call: RUNNING })
    here = { all: [], waiting: [] }
    registry.workers.clear()
    registry.addOns = 0
  })
  afterEach(() => {
    threads?.close()
    proc.remove()
    registry.workers.clear()
    for (const worker of before) registry.workers.add(worker)
    registry.addOns = addOns
  })

  test.each<[string, Told[], string | undefined]>([
    ['the thread that looks alone is at work', [], undefined],
    ['a worker that runs is at work', [{ name: WORKER, call: RUNNING }], busy(WORKER)],
    ['a worker that waits for something to come is not', [{ name: WORKER }], undefined],
    ['a worker on a disk is', [{ name: WORKER, call: reading(), state: 'D' }], busy(WORKER)],
    ['a worker that reads of a pipe is not', [{ name: WORKER, call: reading() }], undefined],
    ['a worker that waits for another thread is not', [{ name: WORKER, call: futex() }], undefined],
    ['a worker that has set a timer may be', [{ name: WORKER, call: epoll(100) }], TIMER],
    ['the first timer counts', [{ call: epoll(60_000) }, { call: epoll(100) }, { call: epoll(60_000) }], TIMER],
    ['a timer longer than all patience does not', [{ name: WORKER, call: epoll(60_000) }], undefined],
    ['a thread of a native add-on that runs is at work', [{ name: 'rayon', call: RUNNING }], busy('rayon')],
    [
      'the first of those at work is named',
      [{}, { name: 'b', call: RUNNING }, { name: 'c', call: RUNNING }],
      busy('b'),
    ],
    ['a thread of the pool that runs is at work', [{ name: POOL, call: RUNNING }], busy(POOL)],
    ['one that waits for work is not', [{ name: POOL, call: futex() }], undefined],
    [
      'one that reads of a pipe is',
      [{ name: POOL, call: reading() }],
      `a thread of this process (${POOL}) waits in a job`,
    ],
    ['threads that help V8 begin nothing', [{ name: 'V8Worker', call: RUNNING }], undefined],
    ['nor do those of the inspector', [{ name: 'SignalInspector', call: RUNNING }], undefined],
    ['nor those that delay tasks', [{ name: 'DelayedTaskSche', call: epoll(100) }, { name: WORKER }], undefined],
    [
      'a worker may wait for V8 to collect its garbage',
      [
        { name: 'V8Worker', call: RUNNING },
        { name: WORKER, call: futex() },
      ],
      'a thread of V8 is busy',
    ],
    [
      'that V8 waits, too, shows that it does not',
      [
        { name: 'V8Worker', call: futex() },
        { name: WORKER, call: futex() },
      ],
      undefined,
    ],
    [
      'one that waits for something to come needs no help of V8',
      [{ name: 'V8Worker', call: RUNNING }, { name: WORKER }],
      undefined,
    ],
    [
      'nor does one of the pool that waits for work',
      [
        { name: 'V8Worker', call: RUNNING },
        { name: POOL, call: futex() },
      ],
      undefined,
    ],
  ])('%s', (_, told, what) => {
    for (const [nth, each] of told.entries()) proc.thread('self', nth + 1, each)
    const watch = begin()
    join()
    // What is asleep is known to be only when it is found so twice.
    watch.look(10)
    expect(watch.look(11)).toEqual(what === undefined ? undefined : { what, since: 10 })
  })

  test('a thread is at work when it has run since the last look, or was never looked at', () => {
    join()
    proc.thread('self', 1, { name: WORKER })
    const watch = begin()
    expect(watch.look(10)).toEqual({ what: busy(WORKER), since: 10 })
    expect(watch.look(20)).toBeUndefined()
    proc.thread('self', 1, { name: WORKER, runs: 2 })
    expect(watch.look(30)).toEqual({ what: busy(WORKER), since: 30 })
    proc.thread('self', 1, { name: WORKER, runs: 2, call: futex() })
    expect(watch.look(40)).toEqual({ what: busy(WORKER), since: 30 })
    expect(watch.look(50)).toBeUndefined()
    proc.thread('self', 2, { name: 'rayon' })
    expect(watch.look(60)).toEqual({ what: busy('rayon'), since: 60 })
  })

  test('a thread has the name that it gives itself, as soon as it does', () => {
    proc.thread('self', 1, { name: 'node', call: RUNNING })
    const watch = begin()
    join()
    expect(watch.look(0)?.what).toBe(busy('node'))
    proc.thread('self', 1, { name: 'V8Worker', call: RUNNING })
    expect(watch.look(1)).toBeUndefined()
  })

  test('one that has ended is at work once more, and leaves no file open', () => {
    join()
    proc.thread('self', 1, { name: WORKER })
    proc.thread('self', 2, { name: 'rayon' })
    const watch = begin()
    expect(looks(0, 1)).toEqual([busy(WORKER), undefined])
    expect(openFiles()).toHaveLength(4)
    proc.end('self', 1)
    expect(looks(2, 3)).toEqual([`a thread of this process (${WORKER}) has ended`, undefined])
    expect(openFiles()).toHaveLength(2)
    watch.close()
    expect(openFiles()).toEqual([])
  })

  test('a job in which a thread of the pool waits may never end: it is waited for no longer than a peer', () => {
    join()
    proc.thread('self', 1, { name: POOL, call: reading() })
    begin()
    expect(looks(0, 1)).toEqual([busy(POOL), `a thread of this process (${POOL}) waits in a job`])
    expect(threads!.look(2_000)?.what).toBe(`a thread of this process (${POOL}) waits in a job`)
    expect(threads!.look(2_001)).toBeUndefined()
    proc.thread('self', 1, { name: POOL, call: reading(), runs: 2 })
    expect(looks(3_000, 3_001)).toEqual([busy(POOL), `a thread of this process (${POOL}) waits in a job`])
  })

  test('nothing is looked at without a worker, a native add-on, or a module of Node that says nothing', () => {
    proc.thread('self', 1, { name: POOL, call: RUNNING })
    let silent = false
    const watch = begin(() => silent)
    expect(watch.look(0)).toBeUndefined()
    silent = true
    expect(watch.look(1)?.what).toBe(busy(POOL))
    silent = false
    expect(watch.look(2)).toBeUndefined()
    registry.addOns = 1
    expect(watch.look(3)?.what).toBe(busy(POOL))
    registry.addOns = 0
    const worker = join()
    expect(watch.look(4)?.what).toBe(busy(POOL))
    worker.threadId = -1
    expect(watch.look(5)).toBeUndefined()
    expect(registry.workers.size).toBe(0)
  })

  test('timers of threads that are no workers say nothing', () => {
    registry.addOns = 1
    proc.thread('self', 1, { name: 'rayon', call: epoll(100) })
    begin()
    expect(looks(0, 1)).toEqual([busy('rayon'), undefined])
  })

  describe('a timer of a worker', () => {
    beforeEach(() => {
      join()
      proc.thread('self', 1, { name: WORKER, call: epoll(100) })
    })
    const holds = (...times: number[]): boolean[] => times.map((now) => threads!.look(now)?.what === TIMER)

    test('is waited for from when it was asked last, and in vain only once', () => {
      begin().look(0)
      expect(holds(1, 1_999, 2_000)).toEqual([true, true, false])
      registry.posted += 1
      // Something may come within moments.
      expect(holds(3_000, 3_009, 3_010)).toEqual([true, true, false])
    })

    test('is waited for from when it was heard of last', () => {
      begin().look(0)
      expect(holds(1)).toEqual([true])
      registry.answered += 1
      expect(holds(1_500, 1_900, 2_900, 3_000)).toEqual([true, true, true, false])
    })

    test('of another that joins is waited for as of one that was asked', () => {
      begin().look(0)
      expect(holds(1_999, 2_000)).toEqual([true, false])
      join({ threadId: 8 })
      expect(holds(2_100, 2_109, 2_110)).toEqual([true, true, false])
    })

    test('loses nothing of the patience with it while a worker works', () => {
      begin().look(0)
      expect(holds(1, 1_000)).toEqual([true, true])
      proc.thread('self', 2, { name: WORKER, call: RUNNING })
      expect(threads!.look(1_500)?.what).toBe(busy(WORKER))
      proc.thread('self', 2, { name: WORKER })
      threads!.look(1_501)
      expect(holds(1_502, 2_499, 2_500)).toEqual([true, true, false])
    })

    test('is known when it sleeps, too', () => {
      proc.time('self', 0x2000, [1, 0])
      proc.thread('self', 1, { name: WORKER, call: sleep(0x2000) })
      begin().look(0)
      expect(holds(1, 1_999)).toEqual([true, true])
    })
  })

  describe('from before the run', () => {
    test('a thread at work does what is not for the run, until it sleeps and may have been asked something', () => {
      join()
      proc.thread('self', 1, { name: WORKER, call: RUNNING })
      begin()
      expect(looks(0, 1)).toEqual([undefined, undefined])
      proc.thread('self', 1, { name: WORKER })
      expect(looks(2, 60).filter(Boolean)).toEqual([])
      proc.thread('self', 1, { name: WORKER, call: RUNNING })
      registry.postedAway += 1
      expect(looks(61, 62)).toEqual([undefined, undefined])
      proc.thread('self', 1, { name: WORKER, runs: 2 })
      expect(looks(63, 64)).toEqual([busy(WORKER), undefined])
      proc.thread('self', 1, { name: WORKER, call: RUNNING })
      expect(looks(65, 65)).toEqual([busy(WORKER)])
    })

    test('one of a native add-on is asked in ways that nobody sees: it counts from when it sleeps', () => {
      registry.addOns = 1
      proc.thread('self', 1, { name: 'rayon', call: RUNNING })
      begin()
      expect(looks(0, 60).filter(Boolean)).toEqual([])
      proc.thread('self', 1, { name: 'rayon' })
      expect(looks(61, 62)).toEqual([busy('rayon'), undefined])
    })

    test('one that has not given itself a name may be a worker', () => {
      registry.addOns = 1
      proc.thread('self', 1, { name: 'node', call: RUNNING })
      begin()
      proc.thread('self', 1, { name: 'node' })
      // It is looked at for its name fifty times, the first as the run begins.
      expect(looks(1, 48).filter(Boolean)).toEqual([])
      expect(looks(49, 50)).toEqual([busy('node'), undefined])
    })

    test.each<[string, { threadId?: number; idle?: number }, Told, string | undefined]>([
      ['a worker that is being started may be asleep for a moment', { idle: 0 }, { name: WORKER }, undefined],
      ['and may have no name yet', { idle: 0 }, { name: 'node' }, undefined],
      ['a thread of the pool that sleeps is asked meanwhile', { idle: 0 }, { name: POOL }, busy(POOL)],
      ['a worker that sleeps is asked meanwhile', { idle: 1 }, { name: WORKER }, busy(WORKER)],
      ['one that has ended is not being started', { idle: 0, threadId: -1 }, { name: WORKER }, busy(WORKER)],
    ])('%s', (_, worker, told, what) => {
      join(worker)
      join({ threadId: 8 })
      proc.thread('self', 1, told)
      const watch = begin()
      proc.thread('self', 1, { ...told, call: RUNNING })
      expect(watch.look(0)?.what).toBe(what)
    })

    test('a thread that runs is for the run when there was no worker yet', () => {
      proc.thread('self', 1, { name: WORKER, call: RUNNING })
      const watch = begin()
      join()
      expect(watch.look(0)?.what).toBe(busy(WORKER))
    })
  })

  describe('a process that a worker has started', () => {
    const CHILD = 4_000_001
    const STARTED = 'a process that a worker started is busy'
    const starter = (told: Told = {}): void => proc.thread('self', 1, { name: WORKER, children: [CHILD], ...told })

    test('is at work until it is found asleep twice, and when it has ended', () => {
      join()
      starter()
      proc.thread(CHILD, CHILD, { call: RUNNING })
      begin()
      expect(looks(0, 2)).toEqual([busy(WORKER), STARTED, STARTED])
      proc.thread(CHILD, CHILD)
      expect(looks(3, 5)).toEqual([STARTED, undefined, undefined])
      proc.thread(CHILD, CHILD, { runs: 2 })
      expect(looks(6, 7)).toEqual([STARTED, undefined])
      proc.end(CHILD)
      expect(looks(8, 9)).toEqual([STARTED, STARTED])
      starter({ children: [] })
      expect(looks(10, 10)).toEqual([undefined])
    })

    test('has timers that are waited for as those of a worker', () => {
      join()
      starter()
      proc.thread(CHILD, CHILD, { call: epoll(100) })
      begin()
      expect(looks(0, 1)).toEqual([busy(WORKER), TIMER])
      expect(threads!.look(2_000)).toBeUndefined()
    })

    test.each([POOL, 'V8Worker'])('is none that %s names as its own', (name) => {
      join()
      starter({ name, call: futex() })
      proc.thread(CHILD, CHILD, { call: RUNNING })
      begin()
      threads!.look(0)
      expect(threads!.look(1)).toBeUndefined()
    })

    test('is not known of a thread that has ended meanwhile', () => {
      join()
      starter()
      proc.thread(CHILD, CHILD, { call: RUNNING })
      begin()
      expect(looks(0, 1)).toEqual([busy(WORKER), STARTED])
      rmSync(`${proc.folder('self', 1)}/children`)
      expect(looks(2, 2)).toEqual([undefined])
    })

    test('is not looked at where there is no worker', () => {
      registry.addOns = 1
      starter()
      proc.thread(CHILD, CHILD, { call: RUNNING })
      begin()
      expect(looks(0, 1)).toEqual([busy(WORKER), undefined])
    })

    test('is forgotten with the thread that started it', () => {
      join()
      starter()
      proc.thread(CHILD, CHILD)
      begin()
      expect(looks(0, 1)).toEqual([busy(WORKER), undefined])
      proc.end('self', 1)
      expect(looks(2, 3)).toEqual([`a thread of this process (${WORKER}) has ended`, undefined])
    })
  })

  test.each<[string, Told, boolean]>([
    ['that has set a timer may go on', { name: WORKER, call: epoll(60_000) }, true],
    ['that runs has just gone on', { name: WORKER, call: RUNNING }, true],
    ['that waits for something to come may not', { name: WORKER }, false],
    ['that helps V8 may not', { name: 'DelayedTaskSche', call: epoll(60_000) }, false],
    ['of the pool may not', { name: POOL, call: epoll(60_000) }, false],
  ])('where nothing else is left to happen, a thread %s', (_, told, expected) => {
    proc.thread('self', 1, told)
    expect(begin().asleep()).toBe(false)
    join()
    expect(threads!.asleep()).toBe(expected)
    proc.end('self', 1)
    expect(threads!.asleep()).toBe(false)
  })

  describe('a connection of this thread', () => {
    const ours: Connection = { localPort: 8_080, remotePort: 40_000 }
    beforeEach(() => {
      proc.connection(process.pid, ours)
      proc.thread('self', 1, { name: WORKER })
    })

    test('is of another thread if its other end is in this process, and somebody is there who may have it', () => {
      proc.connection(process.pid, { localPort: 40_000, remotePort: 8_080 })
      expect(begin().has(ours)).toBe(false)
      registry.addOns = 1
      expect(threads!.has(ours)).toBe(true)
      registry.addOns = 0
      join()
      expect(threads!.has(ours)).toBe(true)
      expect(threads!.has({ ...ours, remotePort: 40_001 })).toBe(false)
    })

    test('shows a thread at work from when something goes there or comes, for as long as that takes', () => {
      join()
      begin().look(0)
      const told = 'a thread of this process was told something on a connection'
      threads!.heardOf('written', 3_000)
      expect([3_000, 3_009, 3_010].map((now) => threads!.look(now)?.what)).toEqual([told, told, undefined])
      threads!.heardOf('read', 3_020)
      expect([3_029, 3_030].map((now) => threads!.look(now)?.what)).toEqual([told, undefined])
    })

    test.each([
      ['written', 5_000],
      ['read', 1_000],
    ] as const)('lets timers of a worker count anew: what was %s', (what, at) => {
      join()
      proc.thread('self', 1, { name: WORKER, call: epoll(100) })
      begin().look(0)
      threads!.heardOf(what, at)
      expect([10, 1_999, 2_000].map((later) => threads!.look(at + later)?.what)).toEqual([TIMER, TIMER, undefined])
    })
  })

  describe('the timer of an HTTP client in a worker that waits for a server of this thread', () => {
    const ours: Connection = { localPort: 8_080, remotePort: 40_000 }
    const its: Connection = { localPort: 40_000, remotePort: 8_080 }

    beforeEach(() => {
      proc.connection(process.pid, ours)
      proc.connection(process.pid, its)
      join()
      proc.thread('self', 1, { name: WORKER, call: epoll(100) })
    })
    const comesTo = (): string | undefined => {
      begin().look(0)
      return threads!.look(1)?.what
    }

    test('is not waited for', () => {
      here.waiting = [ours]
      expect(comesTo()).toBeUndefined()
    })

    test('is waited for if the server has answered', () => {
      expect(comesTo()).toBe(TIMER)
    })

    test('is waited for if only some of those with a timer have a request of a worker', () => {
      const ofThisThread = { localPort: 40_001, remotePort: 8_080 }
      here.waiting = [ours, { localPort: 8_080, remotePort: 40_001 }]
      here.all = [ofThisThread]
      proc.connection(process.pid, ofThisThread)
      proc.thread('self', 2, { name: WORKER, call: epoll(100) })
      expect(comesTo()).toBe(TIMER)
    })

    test('is waited for if another worker has a timer without a request', () => {
      here.waiting = [ours]
      proc.thread('self', 2, { name: WORKER, call: epoll(100) })
      expect(comesTo()).toBe(TIMER)
    })

    test('is waited for if the request is of this thread', () => {
      here.waiting = [ours]
      here.all = [ours, its]
      expect(comesTo()).toBe(TIMER)
    })

    test('is waited for if the request is of another process', () => {
      here.waiting = [{ localPort: ours.localPort, remotePort: 1 }]
      expect(comesTo()).toBe(TIMER)
    })

    test('is waited for if a worker only sleeps, which is for no request', () => {
      here.waiting = [ours, ours]
      proc.time('self', 0x2000, [1, 0])
      proc.thread('self', 2, { name: WORKER, call: sleep(0x2000) })
      expect(comesTo()).toBe(TIMER)
    })

    test('is waited for if a process that a worker has started has a timer', () => {
      here.waiting = [ours]
      proc.thread('self', 1, { name: WORKER, call: epoll(100), children: [4_000_001] })
      proc.thread(4_000_001, 4_000_001, { call: epoll(100) })
      expect(comesTo()).toBe(TIMER)
    })
  })
})

describe.runIf(OwnThreads.known)('another thread of this process', { timeout: 60_000 }, () => {
  const workers: Worker[] = []
  let threads: OwnThreads
  let now = 0

  const begin = (): void => {
    now = 0
    threads = new OwnThreads(WINDOWS, 0, { all: () => [], waiting: () => [] })
  }
  const start = (code: string): Worker => {
    const worker = new Worker(`const { parentPort } = require('node:worker_threads'); ${code}`, { eval: true })
    workers.push(worker)
    return worker
  }
  /** What holds the clock, as soon as that is what is expected. */
  const comesTo = (what: RegExp | undefined): Promise<void> =>
    vi.waitFor(
      () => {
        now += 1
        const doing = threads.look(now)?.what
        if (what) expect(doing).toMatch(what)
        else expect(doing).toBeUndefined()
      },
      { timeout: 20_000, interval: 2 },
    )
  beforeEach(() => registry.workers.clear())
  afterEach(async () => {
    threads.close()
    await Promise.all(workers.splice(0).map((worker) => worker.terminate()))
    registry.workers.clear()
  })

  test('is not looked for where there is none', () => {
    begin()
    expect(threads.look(0)).toBeUndefined()
  })

  test('that is a worker is at work until it waits for something to come, and again when it is asked', async () => {
    begin()
    const worker = start(`parentPort.on('message', () => parentPort.postMessage('answer'))`)
    await once(worker, 'online')
    expect(threads.look(5)).toMatchObject({
      what: expect.stringMatching(/^a thread of this process \(.+\) is busy$/) as string,
    })
    await comesTo(undefined)
    worker.postMessage('question')
    await comesTo(/is busy$/)
    await once(worker, 'message')
    await comesTo(undefined)
    await worker.terminate()
    expect(threads.look(now)).toBeUndefined()
    expect(registry.workers.size).toBe(0)
  })

  test('is held since it was seen at work, for as long as it takes', async () => {
    begin()
    const worker = start(`parentPort.once('message', () => { for (;;); })`)
    await once(worker, 'online')
    await comesTo(undefined)
    worker.postMessage('go')
    await comesTo(/^a thread of this process \(WorkerThread\) is busy$/)
    const since = threads.look(now)!.since
    expect(threads.look(1_000_000)).toEqual({ what: 'a thread of this process (WorkerThread) is busy', since })
  })

  test('that waits for its own timer is waited for, and no longer than it may take', async () => {
    begin()
    const worker = start(`setInterval(() => {}, 1_500); parentPort.on('message', () => {})`)
    await once(worker, 'online')
    await comesTo(/^a worker thread, which has set a timer of its own$/)
    await vi.waitFor(() => expect(threads.look(60_000)).toBeUndefined(), { timeout: 20_000, interval: 2 })
  })

  test('that works since before the run, and is asked nothing, does what is not for it', async () => {
    const worker = start(`parentPort.once('message', () => { for (;;); })`)
    await once(worker, 'online')
    worker.postMessage('go')
    begin()
    await comesTo(undefined)
    expect(threads.look(60_000)).toBeUndefined()
  })
})
