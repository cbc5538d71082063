import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Conversation } from '../../../../src/orchestrator/team/conversation.ts'
import { QuestionProgress } from '../../../../src/orchestrator/team/question-progress.ts'
import { failure, open, standing } from '../../../given/ask.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const conversation = (): Conversation => new Conversation(undefined, { maxTokens: 1_000, lockMs: 300_000 })

describe('the lock of a conversation', () => {
  test('passes from one that holds it for too long to the next in line', async () => {
    const given = conversation()
    await given.acquire(open())
    const next = given.acquire(open())
    await vi.advanceTimersByTimeAsync(299_999)
    expect(await standing(next)).toBe('pending')
    await vi.advanceTimersByTimeAsync(1)
    expect(await standing(next)).toBe('resolved')
  })

  test('holds while its holder waits for its next try', async () => {
    const given = conversation()
    const hold = await given.acquire(open())
    const next = given.acquire(open())
    await vi.advanceTimersByTimeAsync(200_000)
    const goesOn = hold.pause()
    await vi.advanceTimersByTimeAsync(3_600_000)
    expect(await standing(next)).toBe('pending')
    goesOn()
    await vi.advanceTimersByTimeAsync(299_999)
    expect(await standing(next)).toBe('pending')
    hold.release()
    await expect(next).resolves.toBeDefined()
  })

  test('that was lost is not taken back by going on', async () => {
    const given = conversation()
    const first = await given.acquire(open())
    const waits = given.acquire(open())
    await vi.advanceTimersByTimeAsync(300_000)
    const second = await waits
    first.pause()()
    first.release()
    const third = given.acquire(open())
    await vi.advanceTimersByTimeAsync(1)
    expect(await standing(third)).toBe('pending')
    second.release()
    await expect(third).resolves.toBeDefined()
  })
})

describe('the way of a question', () => {
  const hold = { pause: () => () => {} }
  let agent: { resting: number; progress: () => void }
  beforeEach(() => void (agent = { resting: 0, progress: () => {} }))

  test('tells what had failed, where the deadline came in the pause after it', () => {
    const caller = new AbortController()
    const way = new QuestionProgress(agent, hold, caller.signal)
    way.failed(failure('server_error'))
    const goesOn = way.pauses()
    caller.abort(failure('deadline'))
    goesOn()
    expect(way.explained(failure('deadline'))).toMatchObject({ kind: 'deadline', cause: { kind: 'server_error' } })
  })

  test('rests its agent in a pause, and tells of the deadline, where it came while a call was under way', () => {
    const way = new QuestionProgress(agent, hold, open())
    way.failed(failure('server_error'))
    const goesOn = way.pauses()
    expect(agent.resting).toBe(1)
    goesOn()
    expect(agent.resting).toBe(0)
    const deadline = failure('deadline')
    expect(way.explained(deadline)).toBe(deadline)
  })

  test('tells of what the service said, rather than of the breaker that opened by it', () => {
    const caller = new AbortController()
    const way = new QuestionProgress(agent, hold, caller.signal)
    way.failed(failure('server_error'))
    way.failed(failure('breaker_open'))
    way.pauses()
    expect(way.explained(failure('deadline'))).toMatchObject({ cause: { kind: 'server_error' } })
  })
})
