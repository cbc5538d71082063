import { describe, expect, test } from 'vitest'
import { runStrategy } from '../../given/strategy-run.ts'
import { strategy } from '../../given/strategy.ts'

const answered = { ok: true as const, value: { responses: ['a', 'b', 'c'], missing: [] } }
/** The options of each gather, and what is written into the log. */
const asked = (text: string) => {
  const { requests, status } = runStrategy(
    text,
    { agents: ['ann', 'ben', 'cem'], collected_other: 'own', round: 1 },
    ({ kind }) => (kind === 'gather' ? answered : { ok: true, value: null }),
  )
  expect(status.kind).toBe('completed')
  return requests.flatMap<unknown>((request) =>
    request.kind === 'gather' ? [request.options] : request.kind === 'log' ? [request.text] : [],
  )
}

describe('a gather waits on for as many answers as an ASSERT below it wants', () => {
  test.each([
    ['len(votes) >= 2', { extend_for: 2 }],
    ['len(votes) > 1', { extend_for: 2 }],
    ['len(votes)>=3', { extend_for: 3 }],
    ['len (votes) >= 2', { extend_for: 2 }],
    // What says something else says nothing of it.
    ['len(votes) >= 1 + 1', {}],
    ['len(agents) >= 2', {}],
    ['2 <= len(votes)', {}],
  ])('ASSERT %s', (condition, options) => {
    expect(asked(`GATHER votes FROM agents\nLOG 1\nASSERT ${condition}`)).toEqual([options, '1'])
  })

  test('unless it knows by itself', () => {
    for (const option of ['at_least: 1', 'extend_for: 1'])
      expect(asked(`GATHER votes FROM agents WITH ${option}, timeout: 5s\nASSERT len(votes) >= 2`)).toEqual([
        { [option.split(':')[0]!]: 1, timeout: 5 },
      ])
  })

  test('and keeps its other options', () => {
    expect(asked('GATHER votes FROM agents WITH timeout: 5s\nASSERT len(votes) >= 2')).toEqual([
      { timeout: 5, extend_for: 2 },
    ])
  })

  test('up to the next statement that sets the name, and within its block alone', () => {
    expect(
      asked(strategy`
        GATHER votes FROM agents
        GATHER votes FROM agents
        ASSERT len(votes) >= 2
        ASSERT len(votes) >= 3
      `),
    ).toEqual([{}, { extend_for: 2 }])
    expect(
      asked(strategy`
        GATHER votes FROM agents
        SET votes = [1, 2]
        ASSERT len(votes) >= 2
      `),
    ).toEqual([{}])
    expect(
      asked(strategy`
        GATHER votes FROM agents
        IF round == 1:
          ASSERT len(votes) >= 2
      `),
    ).toEqual([{}])
  })
})

describe('LOG collected_… beside a gather', () => {
  test('tells what it has gathered', () => {
    expect(asked('GATHER votes FROM agents\nLOG collected_votes')).toEqual([{}, '["a","b","c"]'])
    expect(asked('LOG 1\nGATHER votes FROM agents\nLOG collected_votes')).toEqual(['1', {}, '["a","b","c"]'])
  })

  test('is a variable of that name where nothing is gathered so', () => {
    expect(asked('GATHER votes FROM agents\nLOG collected_other')).toEqual([{}, 'own'])
    expect(asked('GATHER votes FROM agents\nLOG "collected_votes"')).toEqual([{}, 'collected_votes'])
    expect(asked('GATHER votes FROM agents\nLOG [1]')).toEqual([{}, '[1]'])
  })
})
