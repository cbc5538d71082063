import { describe, expect, test } from 'vitest'
import { countsOf, summaryMarkdown, summaryRows, type TestSummary } from '../../../src/report/summary.ts'
import { call, event, story } from '../../given/story.ts'

const summary = (over: Partial<TestSummary> = {}): TestSummary => ({
  orchestration: 'votes',
  seed: 1,
  simulatedMs: 60_000,
  realMs: 20,
  calls: 3,
  failed: 1,
  retries: 1,
  cost: '1000000000000',
  violations: [],
  ...over,
})

test('calls, failures and retries are counted, refused calls among them', () => {
  const refused = {
    type: 'call.refused',
    call: 4,
    agent: 'ann',
    provider: 'openai',
    model: null,
    host: 'api.openai.com',
    method: 'POST',
    path: '/',
    status: 400,
    reason: 'invalid',
    message: '',
    request: null,
  } as const
  const trace = story(
    call(1, { from: 0, to: 1, fault: 'reset' }),
    call(2, { from: 2, to: 3, retryOf: 1 }),
    // Another call was taken for the retry before.
    call(3, { from: 2, to: 3, retryOf: 1 }),
    event(4, refused),
    event(4, { ...refused, call: null }),
  )
  expect(countsOf(trace)).toEqual({ calls: 4, failed: 2, retries: 1 })
})

describe('the summary of a run', () => {
  test('has a row for each orchestration, and one for all', () => {
    const found = [
      { check: 'orphans' as const, what: 'x' },
      { check: 'orphans' as const, what: 'y' },
      { check: 'timeouts' as const, what: 'z' },
    ]
    expect(summaryRows([summary(), summary({ violations: found }), summary({ orchestration: 'views' })])).toEqual([
      {
        orchestration: 'votes',
        tests: 2,
        simulated: '2m',
        real: '40ms',
        calls: 6,
        failed: 2,
        retries: 2,
        cost: '$2.00',
        checks: 'orphans, timeouts',
      },
      expect.objectContaining({ orchestration: 'views', tests: 1, checks: 'ok', simulated: '1m' }),
      expect.objectContaining({ orchestration: 'all', tests: 3, calls: 9, cost: '$3.00' }),
    ])
  })

  test('has no row for all where there is one orchestration', () => {
    expect(summaryRows([summary()])).toHaveLength(1)
    expect(summaryRows([])).toEqual([])
  })
})

describe('the summary in Markdown', () => {
  test('puts numbers to the right, and lets no value end its cell', () => {
    expect(summaryMarkdown([{ name: 'a | b\nc', calls: 3 }])).toBe(
      String.raw`| name | calls |
| --- | ---: |
| a \| b c | 3 |`,
    )
  })

  test('is empty without rows, and says how many it leaves out', () => {
    expect(summaryMarkdown([])).toBe('')
    const rows = (count: number) => summaryMarkdown(Array.from({ length: count }, (_, n) => ({ n }))).split('\n')
    expect(rows(100)).toHaveLength(102)
    expect(rows(102)).toHaveLength(104)
    expect(rows(102).at(-1)).toBe('… and 2 more')
  })
})
