import { describe, expect, test } from 'vitest'
import { call, finds, gather, story } from '../../given/story.ts'

describe('sequential', () => {
  const turns = (
    gaps: readonly number[],
    of: (nth: number) => object = () => ({}),
    names = ['ann', 'ben', 'cem', 'dan'],
  ) => {
    let at = 0
    const calls = [0, ...gaps].map((gap, nth) => {
      const from = at + gap
      at = from + 1_000
      return call(nth + 1, { agent: names[nth % names.length]!, from, to: at, ...of(nth) })
    })
    const expected = names.slice(0, gaps.length + 1)
    return story(gather(1, { from: 0, to: 60_000, expected }), ...calls)
  }

  test('three agents of which each begins when the one before has ended', () => {
    expect(finds('sequential', turns([0]))).toEqual([])
    expect(finds('sequential', turns([0, 0]))).toEqual([
      'for the gather "votes" ann, ben, cem were called one after another, in 1m; in parallel they would take about 1s',
    ])
    expect(finds('sequential', turns([50, 50]))).toHaveLength(1)
    expect(finds('sequential', turns([50, 51]))).toEqual([])
    expect(finds('sequential', turns([0, -1]))).toEqual([])
    expect(finds('sequential', turns([0]), { agents: 2 })).toHaveLength(1)
    expect(finds('sequential', turns([0, 0]), { agents: 4 })).toEqual([])
  })

  test('who holds what was said before in the gather is asked in order', () => {
    expect(
      finds(
        'sequential',
        turns([0, 0], (nth) => ({ holds: [nth] })),
      ),
    ).toEqual([])
    expect(
      finds(
        'sequential',
        turns([0, 0], () => ({ holds: [77] })),
      ),
    ).toHaveLength(1)
    expect(
      finds(
        'sequential',
        turns([0, 0], (nth) => (nth === 2 ? { holds: [1] } : {})),
      ),
    ).toEqual([])
  })

  test('calls of one agent may overlap', () => {
    const two = story(
      gather(1, { from: 0, to: 60_000, expected: ['ann', 'ben', 'cem'] }),
      ...['ann', 'ben', 'cem'].flatMap((agent, nth) => [
        call(nth * 2 + 1, { agent, from: nth * 2_000, to: nth * 2_000 + 2_000 }),
        call(nth * 2 + 2, { agent, from: nth * 2_000, to: nth * 2_000 + 500 }),
      ]),
    )
    expect(finds('sequential', two)).toHaveLength(1)
  })

  test('what is asked again when a breaker lets it is no order: the trial of another agent had to end', () => {
    const held = story(
      gather(1, { from: 0, to: 130_000, expected: ['ann', 'ben', 'cem'] }),
      call(1, { agent: 'cem', from: 0, to: 1 }),
      call(2, { agent: 'ann', from: 1, to: 2 }),
      call(3, { agent: 'ben', from: 60_000, to: 60_001 }),
      call(4, { agent: 'cem', from: 60_001, to: 120_000 }),
      call(5, { agent: 'ann', from: 120_000, to: 120_001 }),
    )
    expect(finds('sequential', held)).toEqual([])
  })
})
