import { describe, expect, test } from 'vitest'
import { call, event, finds, gather, run, story } from '../../given/story.ts'

const note = (at: number) => event(at, { type: 'note', text: 'later' })

describe('what a restart interrupts', () => {
  const resumed = (at: number) => event(at, { type: 'run.resumed', run: 'a', uncertain: 0 })

  test('a gather waits anew after it', () => {
    const slept = (at: number) =>
      finds('timeouts', story(gather(1, { from: 0, to: 60_000, expected: ['ann'], timeoutMs: 5_000 }), resumed(at)))
    expect(slept(50_000)).toEqual([])
    expect(slept(49_999)).toHaveLength(1)
    expect(slept(0)).toHaveLength(1)
    expect(slept(60_001)).toHaveLength(1)
  })

  test('a gather that was under way has ended with its process', () => {
    const begun = gather(1, { from: 2_000, to: 9_000, expected: ['ann'] }).slice(0, 1)
    const left = (at: number) => finds('orphans', story(...run(0, 20_000), begun, resumed(at), note(60_000)))
    expect(left(2_000)).toEqual([])
    expect(left(1_999)).toEqual(['the gather "votes" started and never ended'])
  })

  test('an answer that came at that moment was never read', () => {
    const trace = (at: number) =>
      story(gather(1, { from: 0, to: 9_000, expected: ['ann'] }), call(1, { from: 0, to: 1_000 }), resumed(at))
    expect(finds('results', trace(1_000))).toEqual([])
    expect(finds('results', trace(1_001))).toHaveLength(1)
  })
})
