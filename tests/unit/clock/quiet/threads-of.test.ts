import { spawn, type ChildProcess } from 'node:child_process'
import { afterAll, describe, expect, test, vi } from 'vitest'
import {
  doingIn,
  isFutex,
  lookAt,
  threadsAreKnown,
  type Asleep,
  type Doing,
  type Look,
} from '../../../../src/clock/quiet/threads-of.ts'

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

const NONE = Number.POSITIVE_INFINITY

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
