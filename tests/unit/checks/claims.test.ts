import { describe, expect, test } from 'vitest'
import { call, event, finds, run, story } from '../../given/story.ts'

describe('claims', () => {
  const claim = (agent: string, known: number, uncertain = 0) =>
    event(9_000, { type: 'cost.claimed', agent, model: 'm', known, uncertain })
  const cost = (agent: string, of: object) =>
    call(agent === 'ann' ? 1 : 2, { agent, from: 0, to: 1_000, cost: 5, ...of })

  test('what is billed lies from what is known to what is uncertain', () => {
    const claimed = (known: number, uncertain: number) =>
      finds('claims', story(cost('ann', {}), claim('ann', known, uncertain))).length
    expect([claimed(5, 0), claimed(3, 2), claimed(5, 9)]).toEqual([0, 0, 0])
    expect([claimed(6, 0), claimed(3, 1), claimed(4, 0)]).toEqual([1, 1, 1])
  })

  test('a call under way leaves its own agent open, and nobody else', () => {
    const open = story(cost('ann', { to: undefined }), claim('ann', 9), cost('ben', {}), claim('ben', 9))
    expect(finds('claims', open)).toEqual([expect.stringMatching(/^ben is claimed/)])
  })

  test('an agent that nobody claims is found, where others are claimed', () => {
    expect(finds('claims', story(cost('ann', {}), claim('ann', 5), cost('ben', {})))).toHaveLength(1)
    expect(finds('claims', story(cost('ann', {}), cost('ben', {})))).toEqual([])
    const judge = story(...run(0, 10), cost('ann', { run: 0 }), claim('ann', 5), cost('ben', { run: null }))
    expect(finds('claims', judge)).toEqual([])
  })
})
