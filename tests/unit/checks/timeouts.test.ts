import { describe, expect, test } from 'vitest'
import { finds, gather, story } from '../../given/story.ts'

describe('timeouts', () => {
  test('a gather may take twice its timeout', () => {
    const took = (to: number) =>
      finds('timeouts', story(gather(1, { from: 0, to, expected: ['ann'], timeoutMs: 5_000 })))
    expect(took(10_000)).toEqual([])
    expect(took(10_001)).toEqual([
      'the gather "votes" has a timeout of 5s, and the gather took 10.001s until it ended (missing: ann)',
    ])
  })
})

test('a timeout has some room where times are not exact', () => {
  const took = (to: number) =>
    finds('timeouts', story(gather(1, { from: 0, to, expected: ['ann'], timeoutMs: 5_000 })), {}, 50).length
  expect([took(10_050), took(10_051)]).toEqual([0, 1])
})
