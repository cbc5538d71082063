import { describe, expect, test, vi } from 'vitest'
import { Ending } from '../../../../src/orchestrator/run/ending.ts'
import { CompletionError } from '../../../../src/orchestrator/service/failures.ts'

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

  test('breaks off what is under way, and says why', () => {
    const timed = new Ending(() => {})
    expect([timed.isOver, timed.reason]).toEqual([false, undefined])
    timed.end('timeout')
    expect(timed.signal.reason).toBeInstanceOf(CompletionError)
    expect(timed.signal.reason).toMatchObject({ kind: 'cancelled', message: 'The orchestration ends: timeout.' })
    const closed = new Ending(() => {})
    closed.close()
    expect(closed.signal.reason).toBeInstanceOf(CompletionError)
    expect(closed.signal.reason).toMatchObject({ kind: 'cancelled', message: 'The orchestration ended.' })
    closed.end('timeout')
    expect(closed.reason).toBeUndefined()
    const reason = new Error('No more.')
    const cancelled = new Ending(() => {})
    cancelled.end('cancelled', reason)
    expect(cancelled.signal.reason).toBe(reason)
  })
})
