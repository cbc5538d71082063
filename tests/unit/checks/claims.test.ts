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
    expect(finds('claims', open)).toEqual([expect.stringMatching(/^the orchestrator reports a cost of \S+ for ben/)])
  })

  test('an agent that nobody claims is found, where others are claimed', () => {
    expect(finds('claims', story(cost('ann', {}), claim('ann', 5), cost('ben', {})))).toHaveLength(1)
    expect(finds('claims', story(cost('ann', {}), cost('ben', {})))).toEqual([])
    const judge = story(...run(0, 10), cost('ann', { run: 0 }), claim('ann', 5), cost('ben', { run: null }))
    expect(finds('claims', judge)).toEqual([])
  })

  test('says what is claimed, exactly or from what to what', () => {
    const told = (known: number, uncertain: number) =>
      finds('claims', story(cost('ann', { cost: 9e12 }), claim('ann', known, uncertain)))
    expect(told(2e12, 0)).toEqual(['the orchestrator reports a cost of $2.00 for ann, and the provider bills $9.00'])
    expect(told(2e12, 1e12)).toEqual([
      'the orchestrator reports a cost of $2.00 to $3.00 for ann, and the provider bills $9.00',
    ])
  })

  test('an agent that made no call is told with those that did', () => {
    expect(finds('claims', story(cost('caller-1', {}), claim('ann', 5)))[0]).toMatch(
      /^the orchestrator reports a cost of \S+ for ann, which made no call: calls came from caller-1$/,
    )
    expect(finds('claims', story(claim('ann', 5)))).toEqual([
      expect.stringMatching(/^the orchestrator reports a cost of \S+ for ann, and the provider bills \$0\.00$/),
    ])
  })

  test('claims of an agent add up', () => {
    const two = (first: number, second: number) =>
      finds('claims', story(cost('ann', {}), claim('ann', first, 1), claim('ann', second, 1)))
    expect(two(2, 3)).toEqual([])
    expect(two(2, 0)).toHaveLength(1)
    expect(two(2, 1)).toEqual([])
  })

  test('an agent that nobody claims may belong to a run that has died', () => {
    const unclaimed = (...parts: ReturnType<typeof event>[]) =>
      finds('claims', story(...parts, cost('ann', {}), claim('ann', 5), cost('ben', {})))
    expect(unclaimed(...run(0, 9_500))).toEqual([
      expect.stringMatching(/^the orchestrator reports a cost of \$0\.00 for ben/),
    ])
    expect(unclaimed(event(500, { type: 'run.resumed', run: 'a', uncertain: 0 }))).toEqual([])
    const [begun] = run(0, 9_500)
    const failed = event(9_500, { type: 'run.ended', status: 'failed', error: 'Error', message: 'killed' })
    expect(unclaimed(begun!, failed)).toEqual([])
    expect(unclaimed(begun!)).toEqual([])
  })
})
