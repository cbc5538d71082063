import { describe, expect, test } from 'vitest'
import { call, event, finds, run, story } from '../../given/story.ts'

const note = (at: number) => event(at, { type: 'note', text: 'later' })

describe('breaker', () => {
  const breaker = (at: number, state: 'open' | 'half-open' | 'closed', target = 'openai/gpt-4o-mini') =>
    event(at, { type: 'breaker.changed', target, state })

  test('nobody calls while it is open: after it has opened, and before it changes again', () => {
    const at = (from: number) =>
      finds('breaker', story(breaker(1_000, 'open'), breaker(9_000, 'closed'), call(1, { from, to: 20_000 })))
    expect(at(1_000)).toEqual([])
    expect(at(1_001)).toHaveLength(1)
    expect(at(8_999)).toHaveLength(1)
    expect(at(9_000)).toEqual([])
  })

  test('calls of another model are not its own', () => {
    const trace = story(breaker(0, 'open'), call(1, { from: 5_000, to: 6_000, model: 'gpt-4o' }), note(9_000))
    expect(finds('breaker', trace)).toEqual([])
  })

  test('one call at a time tries while it is half open', () => {
    const two = (second: number) =>
      finds(
        'breaker',
        story(
          breaker(0, 'half-open'),
          call(1, { from: 0, to: 1_000 }),
          call(2, { from: second, to: 5_000 }),
          note(9_000),
        ),
      )
    expect(two(1_000)).toEqual([])
    expect(two(999)).toHaveLength(1)
  })

  test.each(['openai', 'gpt-4o-mini', 'openai/gpt-4o-mini', 'ann'])('a system reports the breaker of %s', (target) => {
    const trace = story(breaker(1_000, 'open', target), call(1, { from: 2_000, to: 3_000 }), note(9_000))
    expect(finds('breaker', trace)).toHaveLength(1)
    expect(finds('breaker', story(breaker(1_000, 'open', 'ben'), call(1, { from: 2_000, to: 3_000 })))).toEqual([])
    expect(
      finds('breaker', story(breaker(1_000, 'open', 'anthropic'), call(1, { from: 2_000, to: 3_000 }), note(9_000))),
    ).toEqual([])
  })

  test('a breaker belongs to its run, and ends with it', () => {
    const between = [run(0, 5_000), run(5_000, 9_000)].flat()
    const calls = (of: object) => [call(1, { from: 6_000, to: 7_000, ...of })]
    expect(finds('breaker', story(...between, breaker(1_000, 'open'), ...calls({})))).toEqual([])
    const early = [call(1, { from: 2_000, to: 3_000 })]
    expect(finds('breaker', story(...between, breaker(1_000, 'open'), ...early))).toHaveLength(1)
    const change = event(5_000, { type: 'breaker.changed', target: 'openai/gpt-4o-mini', state: 'open' })
    expect(finds('breaker', story(...between, change, ...calls({})))).toHaveLength(1)
  })

  test('where two runs are under way, calls that nobody knows of are left alone', () => {
    const beside = (from: number, of: object) => {
      const second = event(from, { type: 'run.started', name: 'b', seed: 1, vars: {} })
      return story(
        run(0, 9_000)[0]!,
        second,
        breaker(1_000, 'open'),
        call(1, { from: 3_000, to: 4_000, ...of }),
        note(9_000),
      )
    }
    expect(finds('breaker', beside(500, { run: 0 }))).toEqual([])
    expect(finds('breaker', beside(2_000, {}))).toEqual([])
    expect(finds('breaker', beside(2_000, { run: 0 }))).toHaveLength(1)
    expect(finds('breaker', beside(2_000, { run: 2 }))).toEqual([])
    expect(finds('breaker', beside(8_000, {}))).toHaveLength(1)
  })

  test('times that are not exact are given some room', () => {
    const at = (from: number) => finds('breaker', story(breaker(0, 'open'), call(1, { from, to: 5_000 })), {}, 50)
    expect(at(50)).toEqual([])
    expect(at(51)).toHaveLength(1)
  })

  test('both are waived apart', () => {
    const trace = story(
      breaker(0, 'half-open'),
      ...[1, 2].map((nth) => call(nth, { from: 10, to: 1_000 })),
      breaker(2_000, 'open'),
      call(3, { from: 3_000, to: 4_000 }),
      note(9_000),
    )
    expect(finds('breaker', trace)).toHaveLength(2)
    expect(finds('breaker', trace, { open: false })).toEqual([expect.stringContaining('was half open')])
    expect(finds('breaker', trace, { halfOpen: false })).toEqual([expect.stringContaining('was open from 2s')])
  })
})
