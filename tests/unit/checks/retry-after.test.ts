import { describe, expect, test } from 'vitest'
import { call, event, finds, partsOf, story, tries } from '../../given/story.ts'

const same = { request: 'same' }

describe('retry-after', () => {
  const told = (waited: number, of: object = {}) =>
    story(
      call(1, { ...same, fault: 'rate_limited', retryAfterMs: 20_000, from: 0, to: 100, ...of }),
      call(2, { ...same, from: 100 + waited, to: 60_000, attempt: 2, retryOf: 1 }),
    )
  test('headers may round, and no more', () => {
    expect(finds('retry-after', told(20_000))).toEqual([])
    expect(finds('retry-after', told(19_995))).toEqual([])
    expect(finds('retry-after', told(19_994))).toEqual([
      'openai told ann to wait for 20s, and ann retried after 19.994s',
    ])
  })

  test('where times are not exact they are given some room', () => {
    expect(finds('retry-after', told(19_945), {}, 50)).toEqual([])
    expect(finds('retry-after', told(19_944), {}, 50)).toHaveLength(1)
  })

  test('nobody who was told nothing, or died at that moment, is early', () => {
    expect(finds('retry-after', told(0, { retryAfterMs: undefined }))).toEqual([])
    expect(
      finds('retry-after', [...story(partsOf(told(0)), event(100, { type: 'run.resumed', run: 'a', uncertain: 1 }))]),
    ).toEqual([])
  })

  test('more than a minute is longer than official clients wait: three early retries are one too many', () => {
    const retried = (count: number, retryAfterMs: number) =>
      finds('retry-after', story(tries(count + 1, 2_000, { fault: 'quota_exhausted', retryAfterMs })))
    expect(retried(1, 60_000)).toHaveLength(1)
    expect(retried(2, 3_600_000)).toEqual([])
    const tooMany = ['openai told ann to wait for 1h, and ann retried after 2s; 3 retries came so early']
    expect(retried(3, 3_600_000)).toEqual(tooMany)
    expect(retried(9, 3_600_000)).toEqual(tooMany)
    const tuned = (settings: object) =>
      finds('retry-after', story(tries(4, 2_000, { fault: 'quota_exhausted', retryAfterMs: 3_600_000 })), settings)
    expect(tuned({ early: 3 })).toEqual([])
    expect(tuned({ longest: '1h' })).toHaveLength(3)
  })

  test('a client with a clock of its own has waited in its own time, if that of the trace is simulated', () => {
    const trace = story(
      call(1, { ...same, fault: 'rate_limited', retryAfterMs: 20_000, from: 0, to: 100 }),
      call(2, { ...same, from: 100, to: 60_000, attempt: 2, retryOf: 1, ownTime: true }),
    )
    expect(finds('retry-after', trace)).toEqual([])
    expect(finds('retry-after', trace, {}, 50)).toHaveLength(1)
  })

  test('a sample that was taken for a retry is not, when the retry comes', () => {
    const trace = story(
      call(1, { ...same, fault: 'rate_limited', retryAfterMs: 20_000, from: 0, to: 100 }),
      call(2, { ...same, from: 1_000, to: 5_000, attempt: 2, retryOf: 1 }),
      call(3, { ...same, from: 20_100, to: 25_000, attempt: 2, retryOf: 1 }),
    )
    expect(finds('retry-after', trace)).toEqual([])
  })
})
