import { spawn, type ChildProcess } from 'node:child_process'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { lookAt, threadsAreKnown, type Asleep, type Look } from '../../../../src/clock/quiet/threads-of.ts'

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
