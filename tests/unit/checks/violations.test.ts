import { expect, test } from 'vitest'
import { CHECKS, findViolations, type CheckName } from '../../../src/checks/index.ts'
import type { Trace } from '../../../src/trace/index.ts'
import { call, event, gather, run, story, tries } from '../../given/story.ts'

const later = event(90_000, { type: 'note', text: 'later' })
const failed = { request: 'same', fault: 'server_error' }

/** A run in which one thing does not hold, when that was, and the calls that show it. */
const WRONG: readonly [CheckName, Trace, at: number, calls: readonly number[]][] = [
  ['amplification', story(tries(9, 2_000)), 24_000, [9]],
  ['backoff', story(...[0, 10, 20, 30].map((from, nth) => call(nth + 1, { ...failed, from, to: from + 5 }))), 30, [4]],
  ['budget', story(call(1, { from: 0, to: 1_000, cost: 2e12 }), call(2, { from: 2_000, to: 3_000 })), 1_000, [2]],
  [
    'cancellation',
    story(
      call(1, { from: 0, to: 9_000 }),
      event(500, { type: 'agent.terminated', agent: 'ann', reason: 'over' }),
      later,
    ),
    500,
    [1],
  ],
  ['orphans', story(...run(0, 1_000), call(1, { from: 500, to: 4_000 }), later), 1_000, [1]],
  ['orphans', story(...run(0, 1_000), call(1, { from: 1_500, to: 4_000 }), later), 1_500, [1]],
  [
    'paid-twice',
    story(
      call(1, { request: 'A', from: 0, to: 500 }),
      event(1_000, { type: 'run.resumed', run: 'a', uncertain: 0 }),
      call(2, { request: 'A', from: 2_000, to: 3_000 }),
    ),
    1_000,
    [2],
  ],
  [
    'isolation',
    story(
      gather(1, { from: 0, to: 5_000, expected: ['ann', 'slow'], received: [[1_000, 'ann']] }),
      call(1, { agent: 'ann', from: 0, to: 1_000 }),
      call(2, { agent: 'slow', from: 0, to: 60_000 }),
      call(3, { agent: 'ann', from: 60_000, to: 61_000 }),
    ),
    5_000,
    [2],
  ],
]

test.each(WRONG)('what is against %s is told with the calls that show it', (check, trace, at, calls) => {
  const settings = check === 'budget' ? { budget: { limit: 1 } } : {}
  const found = findViolations(trace, settings).filter((violation) => violation.check === check)
  expect(found).toMatchObject([{ check, at, calls }])
})

test('a violation says why it matters, and what to do', () => {
  const [found] = findViolations(story(tries(9, 2_000)))
  expect(found).toMatchObject({ check: 'amplification', advice: CHECKS.amplification.advice })
})
