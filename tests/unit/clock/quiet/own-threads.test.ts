import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { OwnThreads } from '../../../../src/clock/quiet/own-threads.ts'
import { installDoors, registry } from '../../../../src/doors/index.ts'

installDoors()
const WINDOWS = { settleMs: 2_000, quietMs: 10 }

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
