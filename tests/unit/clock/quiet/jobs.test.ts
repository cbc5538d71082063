import { AsyncResource } from 'node:async_hooks'
import { pbkdf2, pbkdf2Sync } from 'node:crypto'
import { setImmediate as turn } from 'node:timers/promises'
import { createDeflate, deflate, deflateSync } from 'node:zlib'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { native } from '../../../../src/doors/index.ts'
import { watchJobs, type JobWatch } from '../../../../src/clock/quiet/jobs.ts'

let watch: JobWatch
let now = 0
/** Watches from now on, at a time that the test sets. */
function begin(): void {
  now = 0
  watch = watchJobs(2_000, () => now)
}
afterEach(() => watch.stop())

/** A job of the thread pool, until it has ended. */
const job = (): Promise<void> =>
  new Promise((resolve, reject) =>
    pbkdf2('a', 'b', 1_000, 32, 'sha512', (error) => (error ? reject(error) : resolve())),
  )

describe('a job in the thread pool', () => {
  test('is in flight from its call to its result', async () => {
    begin()
    expect(watch.look(0)).toBeUndefined()
    now = 100
    const first = job()
    now = 200
    const second = job()
    expect(watch.look(60_000)).toEqual({ what: '2 job(s) in the thread pool', since: 100 })
    await Promise.all([first, second])
    expect(watch.look(60_000)).toBeUndefined()
  })

  test('that gives its result at once is none', () => {
    begin()
    pbkdf2Sync('a', 'b', 1_000, 32, 'sha512')
    expect(watch.look(0)).toBeUndefined()
  })

  test('is not seen when the watch has stopped', async () => {
    begin()
    watch.stop()
    const done = job()
    expect(watch.look(0)).toBeUndefined()
    await done
  })
})

describe('a compression stream', () => {
  test('is at work from each write to its result', async () => {
    begin()
    now = 100
    const stream = createDeflate()
    stream.resume()
    expect(watch.look(100)).toBeUndefined()
    await new Promise<void>((resolve) => {
      stream.write('a'.repeat(100_000), () => resolve())
      now = 200
      expect(watch.look(60_000)).toEqual({ what: '1 step(s) of a compression stream or a Blob', since: 100 })
    })
    expect(watch.look(60_000)).toBeUndefined()
    const closed = new Promise((resolve) => stream.on('close', resolve))
    stream.end()
    await closed
    await turn()
    expect(watch.look(60_000)).toBeUndefined()
  })

  test('counts among others, since the first of them', async () => {
    begin()
    const deflated = (): Promise<unknown> =>
      new Promise((resolve) => deflate(Buffer.alloc(100_000), (_error, result) => resolve(result)))
    now = 300
    const first = deflated()
    now = 400
    const second = deflated()
    expect(watch.look(60_000)).toEqual({ what: '2 step(s) of a compression stream or a Blob', since: 300 })
    await Promise.all([first, second])
    expect(watch.look(60_000)).toBeUndefined()
  })

  test('that gives its result at once is not', () => {
    begin()
    deflateSync('a'.repeat(1_000))
    expect(watch.look(0)).toBeUndefined()
  })
})

test('what is read of a Blob has ended when it is there', async () => {
  begin()
  const text = new Blob(['a'.repeat(1_000_000)]).text()
  await text
  await turn()
  expect(watch.look(60_000)).toBeUndefined()
})

test('a resource of the code under test is no job, whatever its name', () => {
  begin()
  const resources = [new AsyncResource('PBKDF2REQUEST'), new AsyncResource('OURS')]
  expect(watch.look(0)).toBeUndefined()
  for (const each of resources) each.emitDestroy()
})

test('timers of the real clock are known with their place, until they have fired or are cleared', async () => {
  begin()
  const long = native.setTimeout(() => {}, 60_000)
  const short = native.setTimeout(() => {}, 3)
  native.setTimeout(() => {}, 2)
  expect(watch.realTimers()).toEqual([
    { ms: 60_000, at: expect.stringMatching(/jobs\.test\.ts:\d+:\d+$/) as string },
    { ms: 3, at: expect.stringMatching(/jobs\.test\.ts:\d+:\d+$/) as string },
  ])
  native.clearTimeout(long)
  await vi.waitFor(() => expect(watch.realTimers()).toEqual([]))
  native.clearTimeout(short)
})
