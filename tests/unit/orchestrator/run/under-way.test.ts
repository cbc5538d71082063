import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { ActiveTime } from '../../../../src/orchestrator/run/active-time.ts'
import { UnderWay } from '../../../../src/orchestrator/run/under-way.ts'
import type { Effect } from '../../../../src/strategy/index.ts'

beforeEach(() => void vi.useFakeTimers({ now: 0 }))
afterEach(() => void vi.useRealTimers())

const effect = (id: number): Effect => ({ id, line: 1, request: { kind: 'sleep', ms: 1 } }) as Effect

describe('what is under way', () => {
  test('begins when it is first looked at, and goes on after a restart', () => {
    const given = new UnderWay(new ActiveTime(1_000))
    expect(given.elapsedOf(1)).toBe(0)
    vi.advanceTimersByTime(500)
    expect(given.elapsedOf(1)).toBe(500)
    const kept = given.save([effect(1)])
    expect(kept.effects).toEqual({ 1: 1_000 })
    expect(new UnderWay(new ActiveTime(1_500), kept).elapsedOf(1)).toBe(500)
  })

  test('keeps what was heard, and forgets what nobody waits for', () => {
    const given = new UnderWay(new ActiveTime())
    given.heardBy(1).push({ event: 'done', from: 'ann', data: null })
    given.heardBy(2)
    expect(Object.keys(given.save([]).heard)).toEqual(['1'])
    given.forget(1)
    expect(given.save([]).heard).toEqual({})
  })

  test('is pending while it is carried out, or its answers are late', () => {
    const given = new UnderWay(new ActiveTime())
    given.carried.add(1)
    given.late.set(2, effect(2))
    expect([1, 2, 3].map((id) => given.isPending(id))).toEqual([true, true, false])
    // What is carried out again is not late.
    given.carried.add(2)
    expect(given.save([]).late).toEqual([])
    given.carried.delete(2)
    expect(given.save([]).late).toEqual([effect(2)])
    expect(new UnderWay(new ActiveTime(), given.save([])).isPending(2)).toBe(true)
  })

  test('stands still where all of it is paused', () => {
    const given = new UnderWay(new ActiveTime())
    expect(given.isStill).toBe(true)
    given.carried.add(1)
    expect(given.isStill).toBe(false)
    given.paused.add(1)
    expect(given.isStill).toBe(true)
  })
})
