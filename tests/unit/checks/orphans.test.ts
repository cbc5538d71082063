import { describe, expect, test } from 'vitest'
import { call, event, finds, gather, run, story } from '../../given/story.ts'

const note = (at: number) => event(at, { type: 'note', text: 'later' })

describe('orphans', () => {
  const left = (of: object, from = 500) => story(...run(0, 1_000), call(1, { from, to: 2_001, ...of }), note(9_000))
  test('of a call that nobody has told of it belongs to the run under way, else to the last one', () => {
    expect(finds('orphans', left({}))).toHaveLength(1)
    expect(finds('orphans', left({ to: 2_000 }))).toEqual([])
    expect(finds('orphans', left({ to: 2_000 }, 1_500))).toEqual([])
    expect(finds('orphans', left({}, 1_500))).toHaveLength(1)
    const beside = event(0, { type: 'run.started', name: 'b', seed: 1, vars: {} })
    expect(finds('orphans', story(...run(0, 1_000), beside, call(1, { from: 500, to: 8_000 })))).toEqual([])
  })

  test('a gather that is left is told when no run is under way any more', () => {
    const begun = gather(1, { from: 500, to: 9_000, expected: ['ann'] }).slice(0, 1)
    const ended = (to: number) => finds('orphans', story(...run(0, to), begun)).length
    expect(ended(1_000)).toBe(1)
    const [start] = run(0, 1_000)
    expect(finds('orphans', story(start!, begun, note(9_000)))).toEqual([])
    expect(finds('orphans', story(begun, note(9_000)))).toEqual([])
  })

  test('of a run that is known every call after its end is told, unless it is given up soon', () => {
    expect(finds('orphans', left({ run: 0, to: 1_100 }, 1_050))).toHaveLength(1)
    expect(finds('orphans', left({ run: 0, to: 2_000, fault: 'disconnected' }, 1_050))).toEqual([])
    expect(finds('orphans', left({ run: 0, to: 2_001, fault: 'disconnected' }, 1_050))).toHaveLength(1)
    expect(finds('orphans', left({ run: null, to: 8_000 }, 1_050))).toEqual([])
  })

  test('who has left a call to a service that goes on for its key has ended it', () => {
    const gone = event(1_500, { type: 'call.left', call: 1 })
    const back = event(1_800, { type: 'call.replayed', call: 1 })
    const trace = (...more: (typeof gone)[]) =>
      finds('orphans', story(...run(0, 1_000), call(1, { from: 500, to: 8_000 }), ...more, note(9_000)))
    expect(trace()).toHaveLength(1)
    expect(trace(gone)).toEqual([])
    expect(trace(gone, back)).toHaveLength(1)
    expect(trace(gone, event(8_500, { type: 'call.replayed', call: 1 }))).toEqual([])
  })

  test('says of each call how much it was too late', () => {
    const named = run(0, 1_000)
    expect(finds('orphans', story(...named, call(1, { from: 500, to: 4_000 }), note(9_000)))).toEqual([
      '"a" ended while call 1 of ann was in progress, and the call ended 3s later',
    ])
    expect(finds('orphans', story(...named, call(1, { from: 500 }), note(9_000)))).toEqual([
      '"a" ended while call 1 of ann was in progress, and the call never ended',
    ])
    expect(finds('orphans', story(...named, call(1, { from: 1_500, to: 4_000 }), note(9_000)))).toEqual([
      'ann made call 1 after the orchestration had ended, 500ms later',
    ])
    expect(finds('orphans', story(...named, call(1, { from: 1_000, to: 4_000, run: 0 }), note(9_000)))).toEqual([
      'ann made call 1 after the orchestration had ended',
    ])
  })

  test('has some room where times are not exact', () => {
    const trace = story(...run(0, 1_000), call(1, { from: 500, to: 2_040 }), note(9_000))
    expect(finds('orphans', trace, {}, 50)).toEqual([])
    expect(finds('orphans', trace, {}, 39)).toHaveLength(1)
  })

  test('of several runs takes the one that ends last of those under way', () => {
    const named = (name: string, from: number, to: number) => [
      event(from, { type: 'run.started', name, seed: 1, vars: {} }),
      event(to, { type: 'run.ended', status: 'completed' }),
    ]
    const [first, firstEnd] = named('first', 0, 1_000)
    const [second, secondEnd] = named('second', 5_000, 6_000)
    const late = (from: number, to: number) =>
      finds('orphans', story(first!, firstEnd!, second!, secondEnd!, call(1, { from, to }), note(20_000)))
    expect(late(500, 9_000)).toEqual(['"first" ended while call 1 of ann was in progress, and the call ended 8s later'])
    expect(late(5_500, 9_000)).toEqual([
      '"second" ended while call 1 of ann was in progress, and the call ended 3s later',
    ])
  })

  test('tells intervals that still ran, and how often they did', () => {
    const left = event(9_000, { type: 'timers.leaked', everyMs: [7_000, 500] })
    expect(finds('orphans', story(left))).toEqual([
      '2 interval(s) were still active at the end of the test, every 7s, 500ms',
    ])
  })

  test('of each kind can be waived alone', () => {
    const trace = story(
      ...run(0, 1_000),
      call(1, { from: 500, to: 4_000 }),
      gather(1, { from: 500, to: 9_000, expected: ['ann'] }).slice(0, 1),
      event(9_000, { type: 'timers.leaked', everyMs: [500] }),
    )
    expect(finds('orphans', trace)).toHaveLength(3)
    for (const part of ['calls', 'gathers', 'intervals'])
      expect(finds('orphans', trace, { [part]: false })).toHaveLength(2)
  })
})
