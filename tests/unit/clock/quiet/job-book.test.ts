import { AsyncResource } from 'node:async_hooks'
import { beforeEach, describe, expect, test } from 'vitest'
import { jobBook, type JobBook } from '../../../../src/clock/quiet/job-book.ts'

const SETTLE_MS = 2_000
let now: number
let book: JobBook
beforeEach(() => {
  now = 0
  book = jobBook(SETTLE_MS, () => now)
})

/** A native job, which begins when it is run. */
class Native {
  readonly given: unknown[] = []
  readonly result: unknown
  constructor(result?: unknown) {
    this.result = result
  }
  run(...args: unknown[]): unknown {
    this.given.push(...args)
    return this.result
  }
}
const make = (id: number, type: string, resource: object): void => book.init(id, type, 0, resource)
const jobs = (count: number, since: number) => ({ what: `${count} job(s) in the thread pool`, since })
const steps = (count: number, since: number) => ({
  what: `${count} step(s) of a compression stream or a Blob`,
  since,
})

describe('a native job', () => {
  test.each(['PBKDF2REQUEST', 'SCRYPTREQUEST', 'HASHREQUEST', 'RANDOMBYTESREQUEST', 'KEYPAIRGENREQUEST'])(
    '(%s) is in flight from its run to its callback, as it was given',
    (type) => {
      const job = new Native('result')
      make(1, type, job)
      now = 5
      expect(book.look(5)).toBeUndefined()
      expect(job.run('a', 2)).toBe('result')
      expect(job.given).toEqual(['a', 2])
      expect(book.look(60_000)).toEqual(jobs(1, 5))
      book.before(1)
      expect(book.look(60_000)).toBeUndefined()
    },
  )

  test('that gives its error and its value at once is none', () => {
    const job = new Native([undefined, 1])
    make(1, 'PBKDF2REQUEST', job)
    expect(job.run()).toEqual([undefined, 1])
    expect(book.look(0)).toBeUndefined()
  })

  test('is counted among others, since the first of them, until it is needed no more', () => {
    const all = [1, 2, 3].map((id) => {
      const job = new Native()
      make(id, 'SIGNREQUEST', job)
      return job
    })
    for (const job of all) {
      now += 10
      job.run()
    }
    expect(book.look(30)).toEqual(jobs(3, 10))
    book.destroy(1)
    expect(book.look(30)).toEqual(jobs(2, 20))
    book.before(3)
    book.before(2)
    expect(book.look(30)).toBeUndefined()
  })

  test.each<[string, object, boolean]>([
    ['that says what is done after it is in flight from when it was asked for', { ondone: () => {} }, true],
    ['that says nothing of that is none', {}, false],
  ])('without a run %s', async (_, job, isInFlight) => {
    make(1, 'WORKERHEAPSNAPSHOT', job)
    expect(book.look(0)).toBeUndefined()
    await Promise.resolve()
    expect(book.look(0)).toEqual(isInFlight ? jobs(1, 0) : undefined)
  })

  test('of a kind that Node may add later is known by the methods of its own resources', () => {
    const job = Object.assign(new Native(), { getAsyncId: () => 1 })
    make(1, 'NEWREQUEST', job)
    expect(book.look(0)).toBeUndefined()
    job.run()
    expect(book.look(0)).toEqual(jobs(1, 0))
  })
})

describe.each([
  ['ZLIB', 'write'],
  ['BROTLI', 'write'],
  ['ZSTDCOMPRESS', 'write'],
  ['BLOBREADER', 'pull'],
] as const)('a handle of %s', (type, method) => {
  /** What each call was given. */
  let calls: unknown[][]
  const handle = (id: number): Record<string, (...args: unknown[]) => unknown> => {
    const made = { [method]: (...args: unknown[]) => calls.push(args) }
    make(id, type, made)
    return made
  }
  beforeEach(() => {
    calls = []
  })

  test('has a step in flight from each call to its result', () => {
    const own = handle(1)
    expect(book.look(0)).toBeUndefined()
    now = 10
    expect(own[method]!('a', 'b')).toBe(1)
    expect(calls).toEqual([['a', 'b']])
    now = 20
    own[method]!()
    expect(book.look(60_000)).toEqual(steps(2, 10))
    book.before(1)
    expect(book.look(60_000)).toEqual(steps(1, 10))
    book.before(1)
    book.before(1)
    expect(book.look(60_000)).toBeUndefined()
    now = 30
    own[method]!()
    expect(book.look(60_000)).toEqual(steps(1, 30))
  })

  test('counts among others, since the first that is at work', () => {
    const [first, second, third] = [handle(1), handle(2), handle(3)]
    for (const each of [first, second, third]) {
      now += 10
      each![method]!()
    }
    expect(book.look(30)).toEqual(steps(3, 10))
    book.before(1)
    expect(book.look(30)).toEqual(steps(2, 20))
    book.before(9)
    expect(book.look(30)).toEqual(steps(2, 20))
  })

  test('has none when it is needed no more, whatever is called then', () => {
    const own = handle(1)
    own[method]!()
    own[method]!()
    const other = handle(2)
    other[method]!()
    book.destroy(1)
    expect(book.look(0)).toEqual(steps(1, 0))
    own[method]!()
    book.before(1)
    expect(book.look(0)).toEqual(steps(1, 0))
    expect(calls).toHaveLength(4)
  })

  test('without the method has no steps, and may be written to by others', () => {
    make(1, type, {})
    book.before(1)
    book.destroy(1)
    expect(book.look(0)).toBeUndefined()
    const own = handle(2)
    const replaced = (): number => 7
    own[method] = replaced
    expect(own[method]).toBe(replaced)
  })
})

describe('something of a native add-on', () => {
  const addOn = (count: number, type: string, since: number) => ({
    what: `${count} job(s) of native add-ons such as ${type}`,
    since,
  })

  test('is in flight until its callback, or until it is needed no more', () => {
    make(1, 'sharp', {})
    now = 10
    make(2, 'canvas', {})
    expect(book.look(20)).toEqual(addOn(2, 'sharp', 0))
    book.before(1)
    expect(book.look(20)).toEqual(addOn(1, 'canvas', 10))
    book.destroy(2)
    expect(book.look(20)).toBeUndefined()
  })

  test('that lives long waits for events: it is in flight no longer than a peer', () => {
    make(1, 'watcher', {})
    now = 1_000
    make(2, 'sharp', {})
    expect(book.look(SETTLE_MS - 1)).toEqual(addOn(2, 'watcher', 0))
    expect(book.look(SETTLE_MS)).toEqual(addOn(1, 'sharp', 1_000))
    expect(book.look(SETTLE_MS + 1_000)).toBeUndefined()
    // It is known no more.
    expect(book.look(0)).toBeUndefined()
  })
})

test.each(['PROMISE', 'TickObject', 'Immediate', 'TCPWRAP', 'FSREQCALLBACK', 'HTTP2STREAM', 'DIRHANDLE'])(
  '%s is no work that this tells of',
  (type) => {
    const resource = new Native()
    make(1, type, resource)
    resource.run()
    expect([book.look(0), book.realTimers()]).toEqual([undefined, []])
  },
)

test.each(['PBKDF2REQUEST', 'ZLIB', 'Timeout', 'OURS'])('a resource of the code under test is none: %s', (type) => {
  const resource = new AsyncResource(type)
  make(1, type, Object.assign(resource, { run: () => {}, write: () => {}, _idleTimeout: 100 }))
  ;(resource as unknown as Native).run()
  ;(resource as unknown as { write(): void }).write()
  expect([book.look(0), book.realTimers()]).toEqual([undefined, []])
  resource.emitDestroy()
})

test('timers of the real clock are known with their place until they are needed no more; the shortest are not', () => {
  make(1, 'Timeout', { _idleTimeout: 50 })
  make(2, 'Timeout', { _idleTimeout: 2 })
  make(3, 'Timeout', {})
  make(4, 'Timeout', { _idleTimeout: 70 })
  const at = expect.stringMatching(/job-book\.test\.ts:\d+:\d+$/) as string
  expect(book.realTimers()).toEqual([
    { ms: 50, at },
    { ms: 70, at },
  ])
  book.before(1)
  book.destroy(4)
  expect([book.look(0), book.realTimers()]).toEqual([undefined, [{ ms: 50, at }]])
})
