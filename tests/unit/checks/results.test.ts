import { describe, expect, test } from 'vitest'
import type { EventBody } from '../../../src/trace/index.ts'
import { call, event, finds, gather, story } from '../../given/story.ts'

describe('results', () => {
  const votes = (to: number, received: readonly (readonly [number, string])[] = []) =>
    gather(1, { from: 0, to, expected: ['ann'], received })
  const answer = call(1, { from: 0, to: 1_000 })

  test('an answer that was there for more than a second is missed', () => {
    expect(finds('results', story(votes(2_000), answer))).toEqual([])
    expect(finds('results', story(votes(2_001), answer))).toHaveLength(1)
  })

  test.for([
    ['suffers from a fault', { blemish: 'empty' }],
    ['calls a tool', { finish: 'tool_calls' }],
    ['was cut off', { finish: 'length' }],
    ['declines', { finish: 'refusal' }],
  ] as const)('one that %s is none', ([, of]) => {
    expect(finds('results', story(votes(9_000), call(1, { from: 0, to: 1_000, ...of })))).toEqual([])
  })

  test('nor is one after which the agent is asked again, or the last of those', () => {
    const again = (from: number) => story(votes(9_000), answer, call(2, { from, to: 3_000 }))
    expect(finds('results', again(1_000))).toEqual([])
    expect(finds('results', again(999))).toHaveLength(1)
  })

  const reason = (body: EventBody, at = 500) => finds('results', story(votes(9_000), answer, event(at, body))).length
  const attempt = (agent: string): EventBody => {
    return { type: 'attempt.failed', agent, target: 'm', attempt: 1, kind: 'empty', message: '', retryInMs: null }
  }

  test.for([
    ['an attempt that failed', attempt],
    ['a budget that refused', (agent) => ({ type: 'budget.refused', agent, model: 'm', worst: 1, left: 0 })],
    ['its end', (agent) => ({ type: 'agent.terminated', agent, reason: '' })],
  ] satisfies [string, (agent: string) => EventBody][])('an agent may be missing for %s, meanwhile', ([, of]) => {
    expect([reason(of('ann')), reason(of('ben'))]).toEqual([0, 1])
    expect([reason(of('ann'), 0), reason(of('ann'), 9_000), reason(of('ann'), 9_001)]).toEqual([0, 0, 1])
    const later = story(
      event(1_000, of('ann')),
      gather(1, { from: 2_000, to: 9_000, expected: ['ann'] }),
      call(1, { from: 2_000, to: 3_000 }),
    )
    expect(finds('results', later)).toHaveLength(1)
  })

  test('or for a breaker that is open', () => {
    const state = (to: 'open' | 'closed', at?: number) =>
      reason({ type: 'breaker.changed', target: 'm', state: to }, at)
    expect([state('open'), state('closed'), state('open', 9_000), state('open', 9_001)]).toEqual([0, 1, 0, 1])
  })

  test('times that are not exact are given some room', () => {
    expect(finds('results', story(votes(2_050), answer), {}, 50)).toEqual([])
    expect(finds('results', story(votes(2_051), answer), {}, 50)).toHaveLength(1)
  })

  test('one that is taken counts once, in whatever gather', () => {
    expect(finds('results', story(votes(9_000, [[1_000, 'ann']]), answer))).toEqual([])
    expect(
      finds(
        'results',
        story(
          votes(9_000, [
            [1_000, 'ann'],
            [10_000, 'ann'],
          ]),
          answer,
        ),
      ),
    ).toEqual(['the gather "votes" counted the answer of ann twice'])
    const other = gather(2, { from: 0, to: 9_000, expected: ['ann'], received: [[2_000, 'ann']] })
    expect(finds('results', story(votes(9_000), other, answer))).toEqual([])
    const atOnce = gather(2, { from: 0, to: 9_000, expected: ['ann'], received: [[1_000, 'ann']] })
    expect(finds('results', story(votes(9_000), atOnce, answer))).toEqual([])
    const before = gather(2, { from: 0, to: 9_000, expected: ['ann'], received: [[999, 'ann']] })
    expect(finds('results', story(votes(9_000), before, answer))).toHaveLength(1)
    const late = gather(2, { from: 0, to: 9_000, expected: ['ann'], received: [[2_001, 'ann']] })
    expect(finds('results', story(votes(9_000), late, answer))).toHaveLength(1)
  })

  test('both are waived apart', () => {
    const trace = story(
      votes(9_000),
      answer,
      gather(2, {
        from: 20_000,
        to: 30_000,
        expected: ['ben'],
        received: [
          [21_000, 'ben'],
          [22_000, 'ben'],
        ],
      }),
    )
    expect(finds('results', trace)).toHaveLength(2)
    expect(finds('results', trace, { lost: false })).toEqual([expect.stringContaining('twice')])
    expect(finds('results', trace, { twice: false })).toEqual([expect.stringContaining('counts ann as missing')])
  })
})
