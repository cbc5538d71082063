import { describe, expect, test } from 'vitest'
import { call, event, finds, run, story } from '../../given/story.ts'

const note = (at: number) => event(at, { type: 'note', text: 'later' })

describe('cancellation', () => {
  const terminated = (at: number, agent = 'ann') => event(at, { type: 'agent.terminated', agent, reason: 'test' })
  const spawned = (at: number, agent = 'ann') => event(at, { type: 'agent.spawned', agent })

  test('a call may take a second to come to its end', () => {
    const until = (to: number) => finds('cancellation', story(call(1, { from: 0, to }), terminated(5_000), note(9_000)))
    expect(until(6_000)).toEqual([])
    expect(until(6_001)).toEqual(['ann was terminated, and its call 1 ran for another 1.001s'])
  })

  test('one that never ends is told when the trace is long enough to know', () => {
    const until = (at: number) => finds('cancellation', story(call(1, { from: 0 }), terminated(5_000), note(at)))
    expect(until(6_000)).toEqual([])
    expect(until(6_001)).toHaveLength(1)
  })

  test('a call that comes after it is told, unless it is broken off within the second', () => {
    const of = (from: number, to: number) =>
      finds('cancellation', story(terminated(5_000), call(1, { from, to }), note(9_000)))
    expect(of(5_000, 6_000)).toEqual([])
    expect(of(5_500, 6_001)).toEqual(['ann was terminated, and made call 1 500ms later'])
    expect(of(6_000, 6_000)).toEqual([])
    expect(of(6_001, 6_001)).toHaveLength(1)
  })

  test('the next life of the name is its own, from the place in the trace on, not the time', () => {
    const after = [call(1, { from: 5_000, to: 60_000 })]
    expect(finds('cancellation', story(terminated(5_000), spawned(5_000), ...after, note(90_000)))).toEqual([])
    expect(finds('cancellation', story(terminated(5_000), ...after, spawned(5_000), note(90_000)))).toHaveLength(1)
    expect(finds('cancellation', story(terminated(5_000), spawned(5_000, 'ben'), ...after))).toHaveLength(1)
    expect(finds('cancellation', story(spawned(0), terminated(5_000), ...after))).toHaveLength(1)
  })

  test('another run is another life, and one beside it is none of its business', () => {
    const runs = run(0, 50_000)
    const calls = (of: number | null) => [call(1, { from: 1_000, to: 40_000, run: of })]
    expect(finds('cancellation', story(...runs, ...calls(0), terminated(5_000)))).toHaveLength(1)
    expect(finds('cancellation', story(...runs, ...calls(77), terminated(5_000)))).toEqual([])
    expect(finds('cancellation', story(...runs, ...calls(null), terminated(5_000)))).toHaveLength(1)
    expect(finds('cancellation', story(terminated(0), ...run(1, 2), call(1, { from: 5_000, to: 9_000 })))).toEqual([])
  })

  describe('of an orchestration', () => {
    const runs = run(0, 50_000)
    /** The start of the run is the first event. */
    const cancelled = (at: number): ReturnType<typeof event> => event(at, { type: 'run.cancelled' })
    const told = (...parts: ReturnType<typeof event>[]) => finds('cancellation', story(...runs, ...parts))

    test('ends all of its calls', () => {
      expect(told(call(1, { from: 1_000, to: 16_000, run: 0 }), cancelled(15_000))).toEqual([])
      expect(
        told(
          call(1, { from: 1_000, to: 40_000, run: 0 }),
          call(2, { from: 1_000, to: 40_000, run: 0, agent: 'ben' }),
          cancelled(15_000),
          call(3, { from: 20_000, to: 20_500, run: 0, agent: 'ben' }),
        ),
      ).toEqual([
        'the orchestration was cancelled, and call 1 of ann ran for another 25s',
        'the orchestration was cancelled, and call 2 of ben ran for another 25s',
        'the orchestration was cancelled, and ben made call 3 5s later',
      ])
    })

    test('ends those of another one, and of the test, not', () => {
      const of = (from: number | null | undefined) =>
        told(call(1, { from: 1_000, to: 40_000, ...(from !== undefined && { run: from }) }), cancelled(15_000))
      expect([of(0), of(7), of(null), of(undefined)].map(({ length }) => length)).toEqual([1, 0, 0, 1])
    })
  })

  test('both are waived apart', () => {
    const trace = story(call(1, { from: 0, to: 9_000 }), terminated(5_000), call(2, { from: 7_000, to: 8_000 }))
    expect(finds('cancellation', trace)).toHaveLength(2)
    expect(finds('cancellation', trace, { later: false })).toEqual([expect.stringContaining('its call 1 ran')])
    expect(finds('cancellation', trace, { underWay: false })).toEqual([expect.stringContaining('made call 2')])
  })
})
