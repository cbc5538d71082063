import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { watch, watchInto } from '../../../src/simulation/watch.ts'
import { Trace } from '../../../src/trace/index.ts'

let now = 0
let trace: Trace
let stop = (): void => {}
beforeEach(() => {
  now = 0
  trace = new Trace(() => now)
  stop = watchInto(trace)
})
afterEach(() => stop())

const scheduler = () => ({
  factor: 2,
  assign(task: number) {
    now += 5
    return task * this.factor
  },
  fail() {
    throw new Error('full')
  },
  async later() {
    await Promise.resolve()
    now += 50
    return 'done'
  },
  lost: () => Promise.reject(new Error('lost')),
})
const told = () => [...trace].map(({ seq: _seq, at: _at, ...event }) => event)

describe('a method that is watched', () => {
  test('does what it did, and its calls are told', () => {
    const given = scheduler()
    watch(given, 'assign')
    expect([given.assign(3), given.assign(4)]).toEqual([6, 8])
    expect(told()).toEqual([
      { type: 'watch.called', name: 'assign', nth: 1, causes: [] },
      { type: 'watch.returned', name: 'assign', nth: 1, afterMs: 5, causes: [0] },
      { type: 'watch.called', name: 'assign', nth: 2, causes: [] },
      { type: 'watch.returned', name: 'assign', nth: 2, afterMs: 5, causes: [2] },
    ])
  })

  test('throws what it threw', () => {
    const given = scheduler()
    watch(given, 'fail')
    expect(() => given.fail()).toThrow('full')
    expect(told()).toMatchObject([{ type: 'watch.called' }, { type: 'watch.threw', message: 'Error: full' }])
  })

  test('returns when its promise is settled', async () => {
    const given = scheduler()
    watch(given, 'later')
    watch(given, 'lost')
    expect(await given.later()).toBe('done')
    await expect(given.lost()).rejects.toThrow('lost')
    expect(told()).toMatchObject([
      { type: 'watch.called', name: 'later' },
      { type: 'watch.returned', name: 'later', afterMs: 50 },
      { type: 'watch.called', name: 'lost' },
      { type: 'watch.threw', name: 'lost', message: 'Error: lost' },
    ])
  })

  test('is itself again when the test ends', () => {
    const given = scheduler()
    const { assign } = given
    watch(given, 'assign')
    expect(given.assign).not.toBe(assign)
    stop()
    expect(given.assign).toBe(assign)
    expect(() => watch(given, 'assign')).toThrow(
      "watch(…, 'assign') works only inside a test of describeOrchestration.",
    )
  })
})
