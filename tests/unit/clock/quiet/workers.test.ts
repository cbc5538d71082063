import type { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Workers } from '../../../../src/clock/quiet/workers.ts'
import { registry } from '../../../../src/doors/index.ts'

const WINDOWS = { settleMs: 2_000, quietMs: 10 }

/** A worker as Node tells of it: how long its event loop was active, and idle. */
class Seen {
  threadId = 7
  active = 0
  idle = 0
  readonly performance = { eventLoopUtilization: () => ({ active: this.active, idle: this.idle, utilization: 0 }) }
}
const join = (worker: Seen): Seen => {
  registry.workers.add(worker as unknown as Worker)
  return worker
}

const before = [...registry.workers]
beforeEach(() => registry.workers.clear())
afterEach(() => {
  registry.workers.clear()
  for (const worker of before) registry.workers.add(worker)
})

const BUSY = 'worker thread 7 is busy'
const MAYBE = 'a worker thread may be busy'

describe('a worker', () => {
  test('is at work from its start, while its loop is active, and for as long as something may come of it', () => {
    const workers = new Workers(WINDOWS, 0)
    expect(workers.look(0)).toBeUndefined()
    const worker = join(new Seen())
    expect(workers.look(100)).toEqual({ what: BUSY, since: 100 })
    // Its loop has not begun to turn.
    expect(workers.look(200)).toEqual({ what: BUSY, since: 200 })
    worker.active = 5
    expect(workers.look(300)).toEqual({ what: BUSY, since: 300 })
    worker.active = 5.1
    expect(workers.look(305)).toEqual({ what: BUSY, since: 300 })
    expect(workers.look(309)).toEqual({ what: BUSY, since: 300 })
    // Nothing has come of it.
    expect(workers.look(310)).toEqual({ what: MAYBE, since: 100 })
    registry.answered += 1
    expect(workers.look(320)).toEqual({ what: MAYBE, since: 320 })
    // More may come, until nothing has.
    expect(workers.look(2_319)).toEqual({ what: MAYBE, since: 320 })
    expect(workers.look(2_320)).toBeUndefined()
    registry.answered += 1
    expect([workers.look(3_000), workers.look(3_010)]).toEqual([{ what: MAYBE, since: 3_000 }, undefined])
  })

  test('from which nothing comes is waited for no longer than it may take', () => {
    const workers = new Workers(WINDOWS, 0)
    join(new Seen()).idle = 1
    workers.look(0)
    expect(workers.look(1_999)).toEqual({ what: MAYBE, since: 0 })
    expect(workers.look(4_000)).toBeUndefined()
  })

  test('that is asked something is at work again', () => {
    const workers = new Workers(WINDOWS, 0)
    const worker = join(new Seen())
    worker.idle = 1
    workers.look(0)
    registry.answered += 1
    workers.look(20)
    expect(workers.look(2_020)).toBeUndefined()
    registry.posted += 1
    expect(workers.look(2_050)).toEqual({ what: MAYBE, since: 2_050 })
  })

  test('that has ended holds nothing', () => {
    const workers = new Workers(WINDOWS, 0)
    const worker = join(new Seen())
    expect(workers.look(0)).toBeDefined()
    worker.threadId = -1
    expect(workers.look(1)).toBeUndefined()
    expect(registry.workers.size).toBe(0)
  })

  test('from before the run does what is not for it, until it was idle once', () => {
    const worker = join(new Seen())
    worker.idle = 1
    const workers = new Workers(WINDOWS, 0)
    registry.answered += 1
    workers.look(0)
    for (const now of [20, 21]) {
      worker.active += 1
      expect(workers.look(now)?.what).not.toBe(BUSY)
    }
    expect(workers.look(23)?.what).toBe(BUSY)
  })
})
