import { spawn, type ChildProcess } from 'node:child_process'
import { chmodSync, existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  doingIn,
  isFutex,
  lookAt,
  threadsAreKnown,
  type Asleep,
  type Doing,
  type Look,
} from '../../../../src/clock/quiet/threads-of.ts'
import { native } from '../../../../src/doors/index.ts'
import { epoll, futex, Proc, reading, RUNNING, sleep } from '../../../given/proc.ts'

const NONE = Number.POSITIVE_INFINITY

/** Does something as a user who is not the administrator; gives `false` where that is not possible. */
function asNobody<Found>(act: () => Found): Found | false {
  if (process.getuid!() !== 0) return act()
  try {
    process.seteuid!(65_534)
  } catch {
    return false
  }
  try {
    return act()
  } finally {
    process.seteuid!(0)
  }
}

/** Where a test writes a time into the memory of a process: the first address that can be one. */
const ADDRESS = 0x1000
/** So long from now that no machine is too slow. */
const LATER_S = 1_000

describe.runIf(threadsAreKnown && process.arch === 'x64')('a time in the memory of a process', () => {
  let proc: Proc
  beforeEach(() => {
    proc = new Proc()
    proc.thread(1, 1)
  })
  afterEach(() => proc.remove())
  const doing = (line: string): Doing => doingIn(join(proc.root, '1'), 1, line)

  test.each<[string, string, [number, number], Doing]>([
    ['ppoll', '271 0x5 0x1 0x1000 0x0', [1, 500_000_000], { kind: 'timer', ms: 1_500 }],
    ['select, in microseconds', '23 0x5 0x0 0x0 0x0 0x1000', [1, 500_000], { kind: 'timer', ms: 1_500 }],
    ['pselect6', '270 0x5 0x0 0x0 0x0 0x1000 0x0', [0, 2_000_000], { kind: 'timer', ms: 2 }],
    ['nanosleep', '35 0x1000 0x0', [2, 500_000], { kind: 'sleeps', ms: 2_000.5 }],
    ['clock_nanosleep', '230 0x1 0x0 0x1000 0x0', [2, 0], { kind: 'sleeps', ms: 2_000 }],
    ['clock_nanosleep with a flag of another meaning', '230 0x1 0x2 0x1000 0x0', [2, 0], { kind: 'sleeps', ms: 2_000 }],
    ['clock_nanosleep until a moment that is over', '230 0x1 0x1 0x1000 0x0', [0, 1], { kind: 'sleeps', ms: 0 }],
    ['futex', '202 0x7f 0x80 0x2 0x1000 0x0 0x0', [3, 0], { kind: 'timer', ms: 3_000 }],
    ['futex until a moment that is over', '202 0x7f 0x89 0x2 0x1000 0x0 0x0', [0, 1], { kind: 'timer', ms: 0 }],
  ])('is read for %s', (_, line, time, expected) => {
    proc.time(1, ADDRESS, time)
    expect(doing(line)).toEqual(expected)
  })

  test.each([
    ['clock_nanosleep', '230 0x1 0x1 0x1000 0x0', 'sleeps', 'monotonic'],
    ['FUTEX_LOCK_PI', '202 0x7f 0x86 0x2 0x1000', 'timer', 'monotonic'],
    ['FUTEX_WAIT_BITSET', '202 0x7f 0x89 0x2 0x1000', 'timer', 'monotonic'],
    ['FUTEX_WAIT_REQUEUE_PI', '202 0x7f 0x8b 0x2 0x1000', 'timer', 'monotonic'],
    ['FUTEX_WAIT_BITSET by the clock on the wall', '202 0x7f 0x189 0x2 0x1000', 'timer', 'wall'],
  ])('is a moment for %s', (_, line, kind, clock) => {
    const seconds = clock === 'wall' ? native.dateNow() / 1_000 : Number(native.hrtime() / 1_000_000_000n)
    proc.time(1, ADDRESS, [Math.floor(seconds) + LATER_S, 0])
    const { ms, ...found } = doing(line) as Exclude<Doing, { kind: 'runs' | 'waits' }>
    expect(found).toEqual({ kind })
    expect(ms).toBeGreaterThan((LATER_S * 1_000) / 2)
    expect(ms).toBeLessThanOrEqual(LATER_S * 1_000)
  })

  test('may be over at once if it cannot be read to its end', () => {
    proc.memory(1, ADDRESS, Buffer.alloc(15, 1))
    expect(doing('35 0x1000 0x0')).toEqual({ kind: 'sleeps', ms: 0 })
  })

  test('is read without leaving a file open', () => {
    proc.time(1, ADDRESS, [1, 0])
    const before = readdirSync('/proc/self/fd').length
    for (let nth = 0; nth < 20; nth++) doing('35 0x1000 0x0')
    // Other work of this process may open some meanwhile.
    expect(readdirSync('/proc/self/fd').length).toBeLessThan(before + 10)
  })

  test('is not looked for in a thread that is on a processor, whatever its state was', () => {
    expect(doing(RUNNING)).toEqual({ kind: 'runs' })
  })

  test('is none at an address that no program has', () => {
    proc.time(1, ADDRESS - 1, [3, 0])
    expect(['271 0x5 0x1 0xfff', '202 0x7f 0x80 0x2 0xfff'].map(doing)).toEqual([{ kind: 'waits' }, { kind: 'waits' }])
  })

  test('is none where a call has no argument', () => {
    expect(['232', '271', '202'].map(doing)).toEqual([{ kind: 'timer', ms: 0 }, { kind: 'waits' }, { kind: 'waits' }])
  })

  test.each([
    ['S', 'waits'],
    ['R', 'runs'],
    ['D', 'runs'],
    ['T', 'waits'],
  ])('does not tell what a read is: state %s does', (state, kind) => {
    proc.thread(1, 1, { state, name: 'a) R (b' })
    expect(doing(reading())).toEqual({ kind })
  })
})

describe.runIf(threadsAreKnown)('by what the system tells of a process and of those that it has started', () => {
  let proc: Proc
  beforeEach(() => {
    proc = new Proc()
  })
  afterEach(() => proc.remove())
  const look = (before?: Look): Look => lookAt(1, before as Asleep | undefined, proc.root)

  test('all of them are asleep, and the first of their timers is known', () => {
    proc.time(3, ADDRESS, [2, 0])
    proc.time(5, ADDRESS, [4, 0])
    proc.thread(1, 1, { call: epoll(900), children: [3] })
    proc.thread(1, 2, { call: futex(), children: [5] })
    proc.thread(3, 3, { call: sleep(ADDRESS) })
    proc.thread(5, 5, { call: sleep(ADDRESS) })
    const found = look() as Asleep
    expect(found).toEqual({
      kind: 'asleep',
      mark: expect.any(String) as string,
      processes: new Map([
        [1, { mark: expect.any(String) as string, doings: [{ kind: 'timer', ms: 900 }], children: [3, 5] }],
        [5, { mark: expect.any(String) as string, doings: [{ kind: 'sleeps', ms: 4_000 }], children: [] }],
        [3, { mark: expect.any(String) as string, doings: [{ kind: 'sleeps', ms: 2_000 }], children: [] }],
      ]),
      timerMs: 900,
      sleepMs: 2_000,
    })
    expect(found.mark).toContain(found.processes.get(3)!.mark)
  })

  test('a sleep is a timer, too, and one without a timer has none', () => {
    proc.time(1, ADDRESS, [2, 0])
    proc.thread(1, 1, { call: sleep(ADDRESS) })
    expect(look()).toMatchObject({ timerMs: 2_000, sleepMs: 2_000 })
    proc.thread(1, 1)
    expect(look()).toMatchObject({ timerMs: NONE, sleepMs: NONE })
  })

  test('the timers of threads that help V8 and Node do not count', () => {
    proc.thread(1, 1, { call: epoll(900) })
    for (const [nth, name] of ['V8Worker', 'DelayedTaskSche', 'SignalInspector'].entries())
      proc.thread(1, nth + 2, { name, call: epoll(5) })
    expect(look()).toMatchObject({ timerMs: 900, sleepMs: NONE })
  })

  test.each<[string, Parameters<Proc['thread']>[2]]>([
    ['is on a processor', { call: RUNNING }],
    ['is in no system call', { call: '-1 0x7ffc 0x7ffd\n' }],
    ['was just woken', { state: 'R' }],
    ['is on a disk', { call: reading(), state: 'D' }],
  ])('one runs if one of its threads %s', (_, told) => {
    proc.thread(1, 1)
    proc.thread(1, 2, told)
    expect(look()).toEqual({ kind: 'runs' })
  })

  test.each(['T', 't'])('one that was stopped (%s) may go on at any moment, wherever it is', (state) => {
    proc.thread(1, 1, { call: '-1 0x7ffc 0x7ffd\n', state })
    expect(look()).toMatchObject({ kind: 'asleep', timerMs: 0, sleepMs: 0 })
    proc.thread(1, 1, { call: epoll(-1), state })
    expect(look()).toMatchObject({ kind: 'asleep', timerMs: 0, sleepMs: 0 })
  })

  test('one has ended when it is dead or not there; what it has started then is at work', () => {
    expect(look()).toEqual({ kind: 'gone' })
    proc.thread(1, 1, { children: [3] })
    proc.thread(3, 3, { call: '-1 0x0 0x0\n', state: 'Z' })
    expect([look(), lookAt(3, undefined, proc.root)]).toEqual([{ kind: 'runs' }, { kind: 'gone' }])
    proc.end(3)
    expect((look() as Asleep).processes.size).toBe(1)
    proc.thread(3, 3, { call: RUNNING })
    expect(look()).toEqual({ kind: 'runs' })
  })

  test('one of whom a thread ends while it is looked at runs', () => {
    proc.thread(1, 1, { children: [3] })
    proc.thread(3, 3)
    rmSync(join(proc.folder(3, 3), 'schedstat'))
    expect([look(), lookAt(3, undefined, proc.root)]).toEqual([{ kind: 'runs' }, { kind: 'runs' }])
  })

  test('those that have not run since look the same, one by one and together', () => {
    proc.thread(1, 1, { children: [3] })
    proc.thread(3, 3)
    const before = look() as Asleep
    expect(look(before)).toBe(before)
    proc.thread(3, 3, { runs: 2 })
    const after = look(before) as Asleep
    expect(after).not.toBe(before)
    expect(after.mark).not.toBe(before.mark)
    expect(after.processes.get(1)).toBe(before.processes.get(1))
    expect(after.processes.get(3)).not.toBe(before.processes.get(3))
  })

  test.for<[string, Look | { timerMs: number; sleepMs: number }]>([
    ['S', { timerMs: 0, sleepMs: NONE }],
    ['R', { kind: 'runs' }],
    ['D', { kind: 'runs' }],
  ])(
    'one of another user, whose system calls may not be read, may have a timer unless it runs (%s)',
    ([state, expected], { skip }) => {
      proc.thread(1, 1, { state })
      chmodSync(join(proc.folder(1, 1), 'syscall'), 0)
      const found = asNobody(() => existsSync(proc.folder(1, 1)) && look())
      skip(!found, 'the administrator may read everything, and cannot be somebody else here')
      expect(found).toMatchObject(expected)
    },
  )
})

const children: ChildProcess[] = []
afterAll(() => children.forEach((child) => child.kill('SIGKILL')))
const run = (command: string, ...args: string[]): number => {
  const child = spawn(command, args, { stdio: ['pipe', 'ignore', 'ignore'] })
  children.push(child)
  return child.pid!
}

const asleep = (pid: number, wanted: (look: Asleep) => boolean): Promise<Look> =>
  vi.waitFor(
    () => {
      const look = lookAt(pid)
      expect(look.kind === 'asleep' && wanted(look)).toBe(true)
      return look
    },
    { timeout: 20_000, interval: 20 },
  )

describe.runIf(threadsAreKnown)('what the threads of a process do is known on Linux', { timeout: 30_000 }, () => {
  test('one that waits for input has no timer', async () => {
    expect(await asleep(run('cat'), () => true)).toMatchObject({ timerMs: NONE, sleepMs: NONE })
  })

  test('one that sleeps is known to wake', async () => {
    const look = (await asleep(run('sleep', '30'), ({ sleepMs }) => sleepMs < NONE)) as Asleep
    expect(look.sleepMs).toBeGreaterThan(1_000)
    expect(look.sleepMs).toBeLessThanOrEqual(30_000)
  })

  test('a timer of Node is seen', async () => {
    const pid = run(process.execPath, '-e', 'process.stdin.resume(); setTimeout(() => {}, 25_000)')
    const look = (await asleep(pid, ({ timerMs }) => timerMs > 20_000 && timerMs < NONE)) as Asleep
    expect(look.timerMs).toBeLessThanOrEqual(25_000)
    expect(look.sleepMs).toBe(NONE)
  })

  test('what a shell has started is looked at, too', async () => {
    const look = (await asleep(run('sh', '-c', 'sleep 30; true'), ({ sleepMs }) => sleepMs < NONE)) as Asleep
    expect(look.processes.size).toBe(2)
  })

  test('one that was not woken looks the same, and one that is busy runs', async () => {
    const pid = run('cat')
    const before = (await asleep(pid, () => true)) as Asleep
    expect(lookAt(pid, before)).toBe(before)
    const spinner = run(process.execPath, '-e', 'for (;;);')
    await vi.waitFor(() => expect(lookAt(spinner).kind).toBe('runs'))
  })

  test('one that was stopped may go on at any moment, and does not run', async () => {
    const pid = run(process.execPath, '-e', 'for (;;);')
    await vi.waitFor(() => expect(lookAt(pid).kind).toBe('runs'))
    process.kill(pid, 'SIGSTOP')
    expect(await asleep(pid, () => true)).toMatchObject({ sleepMs: 0 })
  })

  test('one that has ended is gone', async () => {
    const pid = run('true')
    await vi.waitFor(() => expect(lookAt(pid)).toEqual({ kind: 'gone' }), { timeout: 20_000 })
  })
})

describe.runIf(threadsAreKnown && process.arch === 'x64')('a line of /proc says what a thread does', () => {
  /** No process may read there. */
  const NOWHERE = '0xfffffffffffff000'
  test.each<[string, string, unknown]>([
    ['it is on a processor', 'running', { kind: 'runs' }],
    ['it may not be seen', 'unknown', { kind: 'timer', ms: 0 }],
    ['epoll_wait without a limit', '232 0x5 0x7f 0x400 0xffffffff 0x0 0x0 0x7f 0x7f', { kind: 'waits' }],
    ['epoll_wait for 100 ms', '232 0x5 0x7f 0x400 0x64 0x0 0x0 0x7f 0x7f', { kind: 'timer', ms: 100 }],
    ['epoll_wait for no time', '232 0x5 0x7f 0x400 0x0 0x0 0x0 0x7f 0x7f', { kind: 'timer', ms: 0 }],
    ['poll for 100 ms', '7 0x5 0x1 0x64 0x0 0x0 0x0 0x7f 0x7f', { kind: 'timer', ms: 100 }],
    ['ppoll without a limit', '271 0x5 0x1 0x0 0x0 0x0 0x0 0x7f 0x7f', { kind: 'waits' }],
    ['ppoll with a time that cannot be read', `271 0x5 0x1 ${NOWHERE} 0x0 0x0 0x0 0x7f 0x7f`, { kind: 'timer', ms: 0 }],
    ['accept', '43 0x5 0x0 0x0 0x0 0x0 0x0 0x7f 0x7f', { kind: 'waits' }],
    ['futex without a limit', '202 0x7f 0x80 0x0 0x0 0x0 0x0 0x7f 0x7f', { kind: 'waits' }],
    [
      'futex with a time that cannot be read',
      `202 0x7f 0x80 0x0 ${NOWHERE} 0x0 0x0 0x7f 0x7f`,
      { kind: 'timer', ms: 0 },
    ],
    [
      'nanosleep with a time that cannot be read',
      `35 ${NOWHERE} 0x0 0x0 0x0 0x0 0x0 0x7f 0x7f`,
      { kind: 'sleeps', ms: 0 },
    ],
    ['clock_nanosleep until a moment', `230 0x1 0x1 ${NOWHERE} 0x0 0x0 0x0 0x7f 0x7f`, { kind: 'sleeps', ms: 0 }],
  ])('%s', (_, line, doing) => {
    expect(doingIn('/proc/self', process.pid, line)).toEqual(doing)
  })

  test('a read is work while the system is at it, and a wait otherwise', async () => {
    const readIn = (pid: number): Doing => doingIn(`/proc/${pid}`, pid, '0 0x5 0x7f 0x10 0x0 0x0 0x0 0x7f 0x7f')
    const [waiting, busy] = [run('cat'), run(process.execPath, '-e', 'for (;;);')]
    await asleep(waiting, () => true)
    expect(readIn(waiting)).toEqual({ kind: 'waits' })
    await vi.waitFor(() => expect(readIn(busy)).toEqual({ kind: 'runs' }), { timeout: 20_000 })
  })

  test('a futex is told from other calls', () => {
    expect(['202 0x7f 0x80', '0 0x5', 'running', '-1 0x7f'].map(isFutex)).toEqual([true, false, false, false])
  })
})
