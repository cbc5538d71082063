import { expect, test } from 'vitest'
import { reportInto } from '../../../src/systems/report.ts'
import { Trace } from '../../../src/trace/index.ts'

const reported = () => {
  const trace = new Trace(() => 0)
  const bodies = () => [...trace].map(({ seq: _seq, at: _at, causes: _causes, ...body }) => body)
  return { report: reportInto(trace), bodies }
}

test('what only the system knows is told in the trace', () => {
  const { report, bodies } = reported()
  report.spawned('ann')
  report.terminated('ann', 'done')
  report.resumed('run_1')
  report.resumed('run_1', { uncertain: 2 })
  report.breaker('openai', 'half-open')
  report.cost('ann', '$0.25')
  report.cost('ann', 0.5, { model: 'gpt-4o' })
  report.note('hello')
  report.note('counted', { votes: 3 })
  expect(bodies()).toEqual([
    { type: 'agent.spawned', agent: 'ann' },
    { type: 'agent.terminated', agent: 'ann', reason: 'done' },
    { type: 'run.resumed', run: 'run_1', uncertain: 0 },
    { type: 'run.resumed', run: 'run_1', uncertain: 2 },
    { type: 'breaker.changed', target: 'openai', state: 'half-open' },
    { type: 'cost.claimed', agent: 'ann', model: '', known: 250_000_000_000, uncertain: 0 },
    { type: 'cost.claimed', agent: 'ann', model: 'gpt-4o', known: 500_000_000_000, uncertain: 0 },
    { type: 'note', text: 'hello' },
    { type: 'note', text: 'counted', data: { votes: 3 } },
  ])
})

test('a gather waits for all, and for ever, where nothing else is said', () => {
  const { report, bodies } = reported()
  report.gather('votes', { from: ['ann', 'ben'] })
  report.gather('views', { from: ['ann', 'ben'], timeout: '15s', atLeast: 1 })
  expect(bodies()).toMatchObject([
    { type: 'gather.started', name: 'votes', atLeast: 2, timeoutMs: null },
    { type: 'gather.started', name: 'views', atLeast: 1, timeoutMs: 15_000 },
  ])
})

test.each([
  [0.1 + 0.2, 300_000_000_000],
  [3 * 0.15e-6 + 9 * 0.6e-6, 5_850_000],
  [0, 0],
])('a cost of %d dollars, as numbers with a point come out, is reported to the picodollar', (dollars, known) => {
  const trace = new Trace(() => 0)
  reportInto(trace).cost('ann', dollars)
  expect([...trace]).toMatchObject([{ known }])
})

test.each([[-1], [Number.NaN], [Number.POSITIVE_INFINITY]])('%d is no cost', (dollars) => {
  expect(() => reportInto(new Trace(() => 0)).cost('ann', dollars)).toThrow('is not an amount of money')
})
