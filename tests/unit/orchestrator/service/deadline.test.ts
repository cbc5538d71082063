import { describe, expect, test } from 'vitest'
import { deadlineIn, pause } from '../../../../src/orchestrator/service/deadline.ts'
import { failure } from '../../../given/ask.ts'
import { HandTime } from '../../../given/hand-time.ts'

const aborted = (reason: Error): AbortSignal => AbortSignal.abort(reason)

describe('a deadline', () => {
  test('aborts when its time is over, and says what took too long', async () => {
    const time = new HandTime()
    const { signal } = deadlineIn(5_000, 'timeout', 'The call', [], time)
    await time.pass(4_999)
    expect(signal.aborted).toBe(false)
    await time.pass(1)
    expect(signal.reason).toMatchObject({
      kind: 'timeout',
      message: 'The call took longer than 5s.',
      mayBeBilled: true,
    })
  })

  test('aborts with the first of the signals that it stands in', () => {
    const time = new HandTime()
    const [one, other] = [new AbortController(), new AbortController()]
    const { signal } = deadlineIn(5_000, 'timeout', 'The call', [one.signal, other.signal], time)
    other.abort(failure('cancelled'))
    one.abort(failure('deadline'))
    expect(signal.reason).toMatchObject({ kind: 'cancelled' })
  })

  test('is over from the start where one of its signals is', () => {
    const { signal } = deadlineIn(5_000, 'timeout', 'It', [aborted(failure('cancelled'))], new HandTime())
    expect(signal.reason).toMatchObject({ kind: 'cancelled' })
  })

  test('that is let go of aborts no more', async () => {
    const time = new HandTime()
    const outer = new AbortController()
    const { signal, clear } = deadlineIn(5_000, 'timeout', 'It', [outer.signal], time)
    clear()
    outer.abort(failure('cancelled'))
    await time.pass(10_000)
    expect(signal.aborted).toBe(false)
  })

  test('may be none of its own', async () => {
    const time = new HandTime()
    const { signal } = deadlineIn(Number.POSITIVE_INFINITY, 'timeout', 'It', [], time)
    await time.pass(1e12)
    expect(signal.aborted).toBe(false)
  })

  test('that is past is over at once', async () => {
    const time = new HandTime()
    const { signal } = deadlineIn(-5, 'deadline', 'It', [], time)
    await time.pass(0)
    expect(signal.reason).toMatchObject({ kind: 'deadline' })
  })
})

describe('a pause', () => {
  const ended = async (ms: number, signal: AbortSignal, time: HandTime, passed: number) => {
    let how = 'waits'
    pause(ms, signal, time).then(
      () => (how = 'is over'),
      (error: { kind: string }) => (how = error.kind),
    )
    await time.pass(passed)
    return how
  }

  test('takes its time', async () => {
    const { signal } = new AbortController()
    expect(await ended(1_000, signal, new HandTime(), 999)).toBe('waits')
    expect(await ended(1_000, signal, new HandTime(), 1_000)).toBe('is over')
  })

  test('may be longer than one timer takes', async () => {
    const { signal } = new AbortController()
    const month = 31 * 86_400_000
    expect(await ended(month, signal, new HandTime(), month - 1)).toBe('waits')
    expect(await ended(month, signal, new HandTime(), month)).toBe('is over')
  })

  test('ends with its signal', async () => {
    const time = new HandTime()
    const caller = new AbortController()
    const waiting = pause(1_000, caller.signal, time)
    waiting.catch(() => {})
    await time.pass(10)
    caller.abort(failure('cancelled'))
    await expect(waiting).rejects.toMatchObject({ kind: 'cancelled' })
    expect(await ended(1_000, aborted(failure('deadline')), time, 0)).toBe('deadline')
  })
})
