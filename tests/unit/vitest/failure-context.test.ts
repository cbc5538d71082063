import { expect, test } from 'vitest'
import { chart, failureContext, reportText } from '../../../src/vitest/failure-context.ts'
import { call, story } from '../../given/story.ts'

const attempt = {
  hints: 'No call of this run used this part of the set-up: agents an.',
  standing: 'The clock is at 5s.',
}

test('what may be why is told, and where time stood if it ran out', () => {
  expect(failureContext(attempt, [new Error('no')])).toEqual([
    'No call of this run used this part of the set-up: agents an.',
  ])
  expect(failureContext(attempt, [new Error('no'), { message: 'Test timed out in 5000ms.' }])).toEqual([
    'No call of this run used this part of the set-up: agents an.',
    'The clock is at 5s.',
  ])
  expect(failureContext({ hints: '', standing: '' }, [{ message: 'Hook timed out in 10ms' }])).toEqual([])
})

test('a chart of the run is told, unless a matcher has shown one', () => {
  const trace = story(call(1, { agent: 'ann', from: 0, to: 5_000 }))
  expect(chart(trace, [new Error('no')])).toEqual([expect.stringContaining('ann') as string])
  expect(chart(trace, [new Error('no\nTrace from 0 to 5s')])).toEqual([])
  expect(chart(trace, [new Error('no\nNo call reached the provider in 5m.')])).toEqual([])
  expect(chart(trace, [new Error('no\nNo call reached the provider.')])).toEqual([])
})

test('the report is told of where there is one', () => {
  expect(reportText(undefined)).toEqual([])
  expect(reportText('/tmp/report.html')).toEqual(['To see the run, open /tmp/report.html'])
})
