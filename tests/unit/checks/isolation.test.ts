import { describe, expect, test } from 'vitest'
import { call, finds, gather, story } from '../../given/story.ts'

describe('isolation of retries', () => {
  const votes = gather(1, { from: 0, to: 5_000, expected: ['ann', 'slow'], received: [[1_000, 'ann']] })
  const slow = (number: number, from: number, to: number, of: object = {}) =>
    call(number, { agent: 'slow', from, to, fault: 'server_error', request: 'same', ...of })
  const next = (at: number) => call(90, { from: at, to: at + 1 })
  const found = (...parts: ReturnType<typeof call>[]) => finds('isolation', story(votes, ...parts)).length

  test('the last try counts, also where the one that was under way had failed in time', () => {
    const tries = [slow(1, 0, 3_000), slow(2, 5_000, 8_000, { retryOf: 1 }), slow(3, 9_000, 12_000, { retryOf: 2 })]
    expect([found(...tries, next(12_000)), found(...tries, next(8_000))]).toEqual([1, 0])
  })

  test('a try within the gather is followed by itself, and told once', () => {
    const tries = [slow(1, 0, 2_000), slow(2, 4_999, 9_000, { retryOf: 1 })]
    expect(found(...tries, next(9_000))).toBe(1)
  })

  test('who begins anew after half a minute delays nobody', () => {
    const tries = [slow(1, 0, 3_000), slow(2, 33_000, 40_000, { retryOf: 1 })]
    expect(found(...tries, next(40_000))).toBe(0)
  })

  test('a gather that misses nobody holds nobody up, and times that are not exact are given some room', () => {
    const whole = gather(1, { from: 0, to: 5_000, expected: ['ann'], received: [[1_000, 'ann']] })
    expect(finds('isolation', story(whole, slow(1, 0, 9_000), next(9_000)))).toEqual([])
    const at = (from: number) => finds('isolation', story(votes, slow(1, 0, 9_000), next(from)), {}, 50).length
    expect([at(9_060), at(9_061)]).toEqual([1, 0])
  })
})

describe('isolation', () => {
  const votes = gather(1, { from: 0, to: 5_000, expected: ['ann', 'slow'], received: [[1_000, 'ann']] })
  const after = (slowEnd: number, next: number, holds: readonly number[] = []) =>
    finds(
      'isolation',
      story(
        votes,
        call(1, { from: 0, to: 1_000 }),
        call(2, { agent: 'slow', from: 0, to: slowEnd }),
        call(3, { from: next, to: next + 1, holds }),
      ),
    )

  test('who goes on as a slow one ends has waited for it, if that took a second', () => {
    expect(after(9_000, 9_000)).toHaveLength(1)
    expect(after(9_000, 8_999)).toEqual([])
    expect(after(9_000, 9_010)).toHaveLength(1)
    expect(after(9_000, 9_011)).toEqual([])
    expect(after(6_010, 6_010)).toHaveLength(1)
    expect(after(6_009, 6_009)).toEqual([])
  })

  test('who takes its answer up has a reason', () => {
    expect(after(9_000, 9_000, [2])).toEqual([])
    expect(after(9_000, 9_000, [1])).toHaveLength(1)
  })
})
