import { describe, expect, test } from 'vitest'
import { Facts } from '../../../src/checks/facts.ts'
import { requestsOf, triesOf } from '../../../src/checks/tries.ts'
import { call, event, gather, run, story } from '../../given/story.ts'

const failed = { request: 'same', fault: 'server_error' }
/** The tries of each call, in their order. */
const nths = (parts: readonly ReturnType<typeof event>[], slack = 0): number[] => [
  ...[...triesOf(new Facts(story(...parts), slack))].toSorted(([a], [b]) => a - b).map(([, nth]) => nth),
]

/** A failure that ends at 1 s, and a call that repeats it from a moment on, after something in between. */
const again = (from: number, between: ReturnType<typeof event>[] = [], of: object = {}, before: object = {}) =>
  nths([
    call(1, { ...failed, from: 0, to: 1_000, ...before }),
    ...between,
    call(2, { ...failed, from, to: from + 1_000, retryOf: 1, ...of }),
  ])

describe('a call that repeats a failure', () => {
  test('is the next try, and a call that repeats none the first', () => {
    expect(again(2_000)).toEqual([1, 2])
    expect(nths([call(1, { from: 0, to: 1 }), call(2, { from: 2, to: 3 })])).toEqual([1, 1])
  })

  test('of a client that counts its attempts itself goes on from there', () => {
    expect(again(2_000, [], {}, { attempt: 4 })).toEqual([4, 5])
  })

  test.each([
    ['after 30 s', again(31_000), [1, 1]],
    ['after less', again(30_999), [1, 2]],
    ['after 30 s beyond what the service asked for', again(36_000, [], {}, { retryAfterMs: 5_000 }), [1, 1]],
    ['after less than that', again(35_999, [], {}, { retryAfterMs: 5_000 }), [1, 2]],
  ])('%s begins anew, or not', (_, found, expected) => {
    expect(found).toEqual(expected)
  })

  test.each([
    ['a restart', event(1_500, { type: 'run.resumed', run: 'a', uncertain: 0 }), [1, 1]],
    ['a restart of the agent', event(1_500, { type: 'agent.restarted', agent: 'ann', restarts: 1 }), [1, 1]],
    ['a restart of another agent', event(1_500, { type: 'agent.restarted', agent: 'ben', restarts: 1 }), [1, 2]],
    ['its being spawned', event(1_500, { type: 'agent.spawned', agent: 'ann' }), [1, 1]],
    ['the spawning of another agent', event(1_500, { type: 'agent.spawned', agent: 'ben' }), [1, 2]],
    ['a gather of the agent', gather(1, { from: 1_500, to: 9_000, expected: ['ben', 'ann'] }), [1, 1]],
    ['a gather of others', gather(1, { from: 1_500, to: 9_000, expected: ['ben'] }), [1, 2]],
    ['another run', run(1_500, 9_000)[0]!, [1, 1]],
  ])('after %s begins anew where it is its own affair', (_, between, expected) => {
    expect(again(2_000, [between])).toEqual(expected)
  })

  test('of which the run is known begins anew in another run alone', () => {
    const between = [run(1_500, 9_000)[0]!]
    expect(again(2_000, between, { run: 7 }, { run: 7 })).toEqual([1, 2])
    expect(again(2_000, [], { run: 8 }, { run: 7 })).toEqual([1, 1])
    expect(again(2_000, between, { run: 7 })).toEqual([1, 1])
  })

  test('that was given up because another call had brought an answer begins anew', () => {
    const other = call(3, { agent: 'ben', from: 0, to: 1_000 })
    expect(again(2_000, [other], {}, { fault: 'disconnected' })).toEqual([1, 1, 1])
    expect(again(2_000, [], {}, { fault: 'disconnected' })).toEqual([1, 2])
    expect(again(2_000, [other])).toEqual([1, 2, 1])
  })

  test('at the pace at which the agent asks the same after an answer is a poll', () => {
    const poll = (pauses: readonly number[], last: number) => {
      let at = 0
      const parts = pauses.map((pause, nth) => {
        const part = call(nth + 1, { request: 'same', from: at, to: at + 500 })
        at += 500 + pause
        return part
      })
      const count = pauses.length
      return nths([
        ...parts,
        call(count + 1, { ...failed, from: at, to: at + 500 }),
        call(count + 2, { ...failed, from: at + 500 + last, to: at + 1_000 + last, retryOf: count + 1 }),
      ]).at(-1)
    }
    expect(poll([5_000, 5_000], 5_000)).toBe(1)
    expect(poll([5_000, 5_000], 4_999)).toBe(2)
    // From the question, as from the answer.
    expect(poll([1_000, 1_000], 1_000)).toBe(1)
    expect(poll([999, 999], 999)).toBe(1)
    // Shorter ones are no pace.
    expect(poll([400, 400], 400)).toBe(2)
    // Mostly: of half of the questions at least.
    expect(poll([5_000, 7_000], 5_000)).toBe(1)
    expect(poll([5_000, 7_000, 8_000], 5_000)).toBe(2)
  })
})

test('the tries of a trace are counted once', () => {
  const facts = new Facts(story(call(1, { from: 0, to: 1 })), 0)
  expect(requestsOf(facts)).toBe(requestsOf(facts))
})
