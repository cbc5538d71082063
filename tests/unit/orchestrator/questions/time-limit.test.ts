import { describe, expect, test } from 'vitest'
import { timeLimited } from '../../../../src/orchestrator/questions/time-limit.ts'
import { HandTime } from '../../../given/hand-time.ts'
import { failure, fated, open, question } from '../../../given/ask.ts'

describe('the time limit of a call', () => {
  test('is a failure of the call, and the end of the caller is one of its own', async () => {
    const time = new HandTime()
    const ask = timeLimited({ callTimeoutMs: 1_000 }, time)(fated(time, [{ ms: 5_000 }]))
    const slow = ask(question(), open())
    slow.catch(() => {})
    await time.pass(1_000)
    await expect(slow).rejects.toMatchObject({ kind: 'timeout', mayBeBilled: true })
    const caller = new AbortController()
    const given = ask(question(), caller.signal)
    given.catch(() => {})
    caller.abort(failure('cancelled'))
    await expect(given).rejects.toMatchObject({ kind: 'cancelled' })
  })
})
