import { describe, expect, test } from 'vitest'
import { call, event, finds, gather, story } from '../../given/story.ts'

const note = (at: number) => event(at, { type: 'note', text: 'later' })

describe('deadlines', () => {
  const votes = (of: object = {}) => gather(1, { from: 0, to: 5_000, expected: ['ann', 'ben'], ...of })

  test('a call may take a second to come to its end', () => {
    const until = (to: number) => finds('deadlines', story(votes(), call(1, { from: 1_000, to }), note(9_000)))
    expect(until(6_000)).toEqual([])
    expect(until(6_001)).toEqual(['the gather "votes" continued without ann, whose call 1 ran for another 1.001s'])
  })

  test('nobody tries again after it', () => {
    const first = call(1, { from: 1_000, to: 4_000, fault: 'server_error' })
    const again = (from: number) =>
      finds('deadlines', story(votes(), first, call(2, { from, to: from + 1, retryOf: 1 }), note(9_000)))
    expect(again(5_999)).toEqual([])
    expect(again(6_000)).toEqual(['ann retried 1s after the gather "votes" had continued without this agent'])
  })

  test('who is asked by another gather at the time may try again', () => {
    const first = call(1, { from: 1_000, to: 4_000, fault: 'server_error' })
    const again = call(2, { from: 9_000, to: 9_500, retryOf: 1 })
    const other = (from: number, to: number, expected = ['ann']) =>
      finds('deadlines', story(votes(), first, gather(2, { from, to, expected }), again, note(9_999))).length
    expect([other(9_000, 9_001), other(7_000, 9_000), other(9_001, 9_500)]).toEqual([0, 1, 1])
    expect(other(9_000, 9_001, ['ben'])).toBe(1)
  })

  test('another gather may follow within the time of the first', () => {
    const slow = call(1, { from: 1_000, to: 20_000 })
    const other = (from: number, to = 30_000) =>
      finds(
        'deadlines',
        story(votes({ timeoutMs: 3_000 }), gather(2, { from, to, expected: ['ann'], received: [[to, 'ann']] }), slow),
      ).length
    expect([other(8_000), other(8_001)]).toEqual([0, 1])
    expect([other(1_000, 5_001), other(1_000, 5_000)]).toEqual([0, 1])
  })

  test('times that are not exact are given some room', () => {
    const until = (to: number) => finds('deadlines', story(votes(), call(1, { from: 1_000, to }), note(9_000)), {}, 50)
    expect(until(6_050)).toEqual([])
    expect(until(6_051)).toHaveLength(1)
  })

  test('who is heard late, or works for another gather, may go on', () => {
    const slow = call(1, { from: 1_000, to: 20_000 })
    expect(finds('deadlines', story(votes({ received: [[20_000, 'ann']] }), slow))).toEqual([])
    const other = (from: number) => gather(2, { from, to: 30_000, expected: ['ann'] })
    expect(finds('deadlines', story(votes(), other(5_000), slow))).toEqual([])
    expect(finds('deadlines', story(votes(), other(5_001), slow))).toHaveLength(1)
  })

  test('both are waived apart', () => {
    const trace = story(
      votes(),
      call(1, { from: 1_000, to: 4_000, fault: 'server_error' }),
      call(2, { from: 4_500, to: 20_000, request: 'x' }),
      call(3, { from: 7_000, to: 8_000, retryOf: 1 }),
    )
    expect(finds('deadlines', trace)).toHaveLength(2)
    expect(finds('deadlines', trace, { underWay: false })).toEqual([expect.stringContaining('retried')])
    expect(finds('deadlines', trace, { retries: false })).toEqual([expect.stringContaining('call 2 ran')])
  })
})
