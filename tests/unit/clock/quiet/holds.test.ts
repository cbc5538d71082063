import { AsyncLocalStorage } from 'node:async_hooks'
import { describe, expect, test } from 'vitest'
import { Holds, type Waits } from '../../../../src/clock/quiet/holds.ts'

const WINDOWS = { settleMs: 2_000, quietMs: 10 }
const AT_WORK: Waits = { sure: false, perhaps: false }
const WAITS: Waits = { sure: true, perhaps: true }
const MAY_WAIT: Waits = { sure: false, perhaps: true }

const open = () => Promise.withResolvers<string>()
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('work that a door knows', () => {
  test('holds the clock until it has settled, the first one first', async () => {
    const holds = new Holds(WINDOWS)
    const [one, other] = [open(), open()]
    expect(holds.lookAtKnown()).toBeUndefined()
    const given = holds.know(one.promise, 'a file', 100)
    const failed = holds.know(other.promise, 'a name', 200)
    expect(holds.lookAtKnown()).toEqual({ what: 'a file', since: 100 })
    one.resolve('text')
    await expect(given).resolves.toBe('text')
    expect(holds.lookAtKnown()).toEqual({ what: 'a name', since: 200 })
    other.reject(new Error('no'))
    await expect(failed).rejects.toThrow('no')
    expect(holds.lookAtKnown()).toBeUndefined()
  })

  test('is none that was given to io', () => {
    const holds = new Holds(WINDOWS)
    void holds.know(open().promise, 'a file', 0)
    expect(holds.any).toBe(false)
  })
})

describe('work that was given to io', () => {
  test('holds the clock until it has settled, however', async () => {
    const holds = new Holds(WINDOWS)
    const [one, other] = [open(), open()]
    holds.give(one.promise, { now: 100, at: 5 })
    holds.give(other.promise, { now: 200, at: 6 })
    expect(holds.any).toBe(true)
    expect(holds.lookAtGiven(60_000, 0, () => AT_WORK)).toEqual({
      what: '2 promise(s) given to clock.io()',
      since: 100,
    })
    one.reject(new Error('no'))
    await turn()
    expect(holds.lookAtGiven(60_000, 0, () => AT_WORK)).toMatchObject({ since: 200 })
    other.resolve('')
    await turn()
    expect([holds.any, holds.lookAtGiven(60_000, 0, () => AT_WORK)]).toEqual([false, undefined])
  })

  test('does not hold the time that it surely waits for itself', () => {
    const holds = new Holds(WINDOWS)
    holds.give(open().promise, { now: 100, at: 5 })
    expect(holds.lookAtGiven(100, 0, () => WAITS)).toBeUndefined()
  })

  test('that perhaps waits holds it for 50 quiet milliseconds, since it was given or something happened', () => {
    const holds = new Holds(WINDOWS)
    holds.give(open().promise, { now: 100, at: 5 })
    const isHeld = (now: number, quietSince: number): boolean =>
      holds.lookAtGiven(now, quietSince, () => MAY_WAIT) !== undefined
    expect([149, 150].map((now) => isHeld(now, 0))).toEqual([true, false])
    expect([1_049, 1_050].map((now) => isHeld(now, 1_000))).toEqual([true, false])
  })

  test('is held by those that are at work, whatever the others wait for', () => {
    const holds = new Holds(WINDOWS)
    holds.give(open().promise, { now: 100, at: 5 })
    holds.give(open().promise, { now: 200, at: 6 })
    expect(holds.lookAtGiven(300, 0, ({ at }) => (at === 5 ? WAITS : AT_WORK))).toMatchObject({ since: 200 })
  })

  test('is known in the context in which it was given', () => {
    const holds = new Holds(WINDOWS)
    const agent = new AsyncLocalStorage<string>()
    agent.run('ann', () => holds.give(open().promise, { now: 100, at: 5 }))
    const asked: unknown[] = []
    agent.run('ben', () =>
      holds.lookAtGiven(100, 0, ({ since, at, within }) => {
        asked.push([since, at, within(() => agent.getStore())])
        return AT_WORK
      }),
    )
    expect(asked).toEqual([[100, 5, 'ann']])
  })
})
