import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { ActiveTime } from '../../../../src/orchestrator/run/active-time.ts'
import { Ending } from '../../../../src/orchestrator/run/ending.ts'
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
  })
})

describe('the end of a run', () => {
  test('comes once, and has one reason', () => {
    const told = vi.fn()
    const ending = new Ending(told)
    ending.end('timeout')
    ending.end('cancelled')
    ending.close()
    expect(ending.reason).toBe('timeout')
    expect(told).toHaveBeenCalledTimes(1)
    expect(ending.signal.aborted).toBe(true)
  })

  test('of a strategy that has come to its own has none', () => {
    const ending = new Ending(() => {})
    ending.close()
    expect(ending.reason).toBeUndefined()
    expect(ending.isOver).toBe(true)
  })
})
