import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startSimulatedClock, type Clock } from '../../../src/clock/index.ts'
import type { Answer } from '../../../src/provider/call.ts'
import { IdempotentRequests } from '../../../src/provider/idempotency.ts'

let clock: Clock
beforeEach(() => void (clock = startSimulatedClock({ mode: { kind: 'virtual' }, tell: () => {} })))
afterEach(() => clock.stop())

const whole = { kind: 'whole', damage: undefined } as unknown as Answer
const damaged = { kind: 'whole', damage: 'truncated' } as unknown as Answer
const refusal = { kind: 'refusal' } as unknown as Answer

/** Receives answers, and remembers them. */
function receiver() {
  const got: Answer[] = []
  return { got, receive: (answer: Answer): void => void got.push(answer) }
}

describe('a key', () => {
  test('that nobody has used stands for no call', () => {
    expect(new IdempotentRequests(clock).join('a', () => {})).toBeUndefined()
  })

  test('stands for the call that began with it, and its answer comes to all who ask', () => {
    const requests = new IdempotentRequests(clock)
    const [first, second] = [receiver(), receiver()]
    const answer = requests.keep('a', 7, first.receive)
    expect(requests.join('a', second.receive)).toBe(7)
    answer(whole)
    expect([first.got, second.got]).toEqual([[whole], [whole]])
  })

  test('brings the answer that is kept, after a moment', async () => {
    const requests = new IdempotentRequests(clock)
    requests.keep('a', 7, () => {})(whole)
    const late = receiver()
    await clock.supervise(async () => {
      expect(requests.join('a', late.receive)).toBe(7)
      await clock.sleep(19)
      expect(late.got).toEqual([])
      await clock.sleep(1)
      expect(late.got).toEqual([whole])
    })
  })

  test('brings nothing to who has left before', async () => {
    const requests = new IdempotentRequests(clock)
    requests.keep('a', 7, () => {})(whole)
    const late = receiver()
    await clock.supervise(async () => {
      requests.join('a', late.receive)
      requests.leave('a', late.receive)
      await clock.sleep(100)
    })
    expect(late.got).toEqual([])
  })

  test.each([
    ['an error', refusal],
    ['an answer that is damaged', damaged],
  ])('is free again after %s', (_, answer) => {
    const requests = new IdempotentRequests(clock)
    const first = receiver()
    requests.keep('a', 7, first.receive)(answer)
    expect(first.got).toEqual([answer])
    expect(requests.join('a', () => {})).toBeUndefined()
    expect(requests.has('a', 7)).toBe(false)
  })

  test('stands for one call', () => {
    const requests = new IdempotentRequests(clock)
    requests.keep('a', 7, () => {})
    expect([requests.has('a', 7), requests.has('a', 8), requests.has('b', 7)]).toEqual([true, false, false])
  })
})

describe('a call for which nobody waits any more', () => {
  test('is told when its last client leaves', () => {
    const requests = new IdempotentRequests(clock)
    const [first, second] = [receiver(), receiver()]
    requests.keep('a', 7, first.receive)
    requests.join('a', second.receive)
    expect(requests.leave('a', first.receive)).toBeUndefined()
    expect(requests.leave('a', first.receive)).toBeUndefined()
    expect(requests.leave('a', second.receive)).toBe(7)
  })

  test('is not told of where it is answered, or never was', () => {
    const requests = new IdempotentRequests(clock)
    const { receive } = receiver()
    requests.keep('a', 7, receive)(whole)
    expect(requests.leave('a', receive)).toBeUndefined()
    expect(requests.leave('b', receive)).toBeUndefined()
  })
})

test('twenty thousand keys are remembered, the oldest goes first', () => {
  const requests = new IdempotentRequests(clock)
  for (let nth = 0; nth < 20_000; nth++) requests.keep(String(nth), nth, () => {})
  expect(requests.has('0', 0)).toBe(true)
  requests.keep('one more', 1, () => {})
  expect([requests.has('0', 0), requests.has('1', 1), requests.has('one more', 1)]).toEqual([false, true, true])
})
