import { describe, expect, test } from 'vitest'
import { CHECKS, findViolations, InvariantError, type CheckName, type Violation } from '../../../src/checks/index.ts'
import type { Trace } from '../../../src/trace/index.ts'
import { call, event, gather, run, story, tries } from '../../given/story.ts'

const later = event(90_000, { type: 'note', text: 'later' })
const failed = { request: 'same', fault: 'server_error' }

/** A run in which one thing does not hold, when that was, and the calls that show it. */
const WRONG: readonly [CheckName, Trace, at: number, calls: readonly number[]][] = [
  ['amplification', story(tries(9, 2_000)), 24_000, [9]],
  ['backoff', story(...[0, 10, 20, 30].map((from, nth) => call(nth + 1, { ...failed, from, to: from + 5 }))), 30, [4]],
  ['budget', story(call(1, { from: 0, to: 1_000, cost: 2e12 }), call(2, { from: 2_000, to: 3_000 })), 1_000, [1, 2]],
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

const asked = { request: 'same', continues: 1, turn: 2 }

/** Runs that settings of the check allow. */
const ALLOWED: readonly [CheckName, Trace, tune: object][] = [
  ...WRONG.filter(([check]) => ['amplification', 'cancellation', 'isolation'].includes(check)).map(
    ([check, trace]): [CheckName, Trace, object] => [
      check,
      trace,
      { amplification: { attempts: 9 }, cancellation: { grace: '8.5s' }, isolation: { delay: '55s' } }[
        check as 'isolation'
      ],
    ],
  ),
  ['orphans', story(...run(0, 1_000), call(1, { from: 500, to: 84_200 }), later), { grace: '1m 24s' }],
  [
    'conversations',
    story(
      call(1, { from: 0, to: 1_000, prompt: 1 }),
      call(2, { ...asked, from: 2_000, to: 4_000, prompt: 2 }),
      call(3, { ...asked, from: 3_000, to: 5_000, prompt: 3 }),
    ),
    { branches: 2 },
  ],
  [
    'refusals',
    story(
      ...[0, 1, 2].map((nth) =>
        call(nth + 1, { ...failed, fault: 'unauthorized', from: nth, to: nth, ...(nth > 0 && { retryOf: nth }) }),
      ),
    ),
    { tries: 4 },
  ],
  ['timeouts', story(gather(1, { from: 0, to: 2_500, timeoutMs: 1_000, expected: ['ann'] })), { factor: 3 }],
  [
    'sequential',
    story(
      gather(1, { from: 0, to: 9_000, expected: ['a', 'b', 'c'] }),
      ...['a', 'b', 'c'].map((agent, nth) => call(nth + 1, { agent, from: nth * 3_000, to: nth * 3_000 + 3_000 })),
    ),
    { agents: 4 },
  ],
]

test.each(ALLOWED)('the settings that a violation of %s names allow it', (check, trace, tune) => {
  const foundWith = (tuned: object) =>
    findViolations(trace, { [check]: tuned }).filter((violation) => violation.check === check)
  expect(foundWith({})).toMatchObject([{ tune }])
  expect(foundWith(tune)).toEqual([])
})

test('a violation says why it matters, and what to do: as its check says, or as it is for this one', () => {
  const refused = story(
    ...[0, 1_000, 2_000].map((from, nth) =>
      call(nth + 1, { ...failed, fault: 'unauthorized', from, to: from, ...(nth > 0 && { retryOf: nth }) }),
    ),
  )
  const found = findViolations(refused).find(({ check }) => check === 'refusals')
  expect(found).toMatchObject({ why: CHECKS.refusals.why, advice: CHECKS.refusals.advice })
  const [ofOneLayer] = findViolations(story(tries(9, 2_000)))
  expect(ofOneLayer).toMatchObject({ check: 'amplification', advice: expect.stringMatching(/^These retries are one/) })
})

describe('the error of violations', () => {
  const found = findViolations(story(tries(9, 2_000)))

  test('tells them by check, with why it matters, what to do, and how to waive or to allow it', () => {
    const error = new InvariantError(found)
    expect(error).toMatchObject({ name: 'InvariantError', code: 'LONGHAUL_INVARIANT', violations: found })
    expect(error.message).toBe(
      [
        'amplification: Retries do not multiply, neither for one request nor over the run. The run violates this.',
        '  at 24s: ann sent the same request to openai more than 8 times: 9 in all, in 24s',
        `  Why it matters: ${found[0]!.why}`,
        `  What to do: ${found[0]!.advice}`,
        '  If this is intentional, waive it: checks: { amplification: false }, or allow it: checks: { amplification: { attempts: 9 } }',
      ].join('\n'),
    )
  })

  const plain = { at: 0, what: '', calls: [], why: 'Why.', advice: 'Do.' }
  const of = (check: CheckName, at: number, more: Partial<Violation> = {}): Violation => ({
    ...plain,
    check,
    at,
    what: `what ${at}`,
    ...more,
  })

  test('shows three of each check, and waives a part where all are of one', () => {
    const spans = [1, 2, 3, 4, 5].map((at) => of('spans', at, { part: 'calls' }))
    const { message } = new InvariantError([...spans, of('paid-twice', 6)])
    expect(message).toContain('\n  at 2ms: what 2\n  at 3ms: what 3\n  … and 2 more\n  Why it matters:')
    expect(message).toContain('waive it: checks: { spans: { calls: false } }\n\npaid-twice: ')
    expect(message).toContain("waive it: checks: { 'paid-twice': false }")
    const parts = new InvariantError([...spans.slice(0, 2), of('spans', 3, { part: 'tokens' })]).message
    expect(parts).toContain('waive it: checks: { spans: false }')
    expect(parts).not.toContain('more\n')
  })

  test('names the settings with which none would be a violation, and else those of the check', () => {
    const waiver = (...violations: Violation[]) => new InvariantError(violations).message.split('\n').at(-1)
    expect(waiver(of('conversations', 1, { tune: { branches: 2 } }))).toMatch(
      / waive it: checks: { conversations: false }, or allow it: checks: { conversations: { branches: 2 } }$/,
    )
    const graces = ['900ms', '1m 30s', '4s'].map((grace) => of('orphans', 1, { part: 'calls', tune: { grace } }))
    expect(waiver(...graces)).toMatch(
      /{ orphans: { calls: false } }, or allow it: checks: { orphans: { grace: '1m 30s' } }$/,
    )
    expect(waiver(...graces, of('orphans', 1))).toMatch(
      /waive it: checks: { orphans: false }, or change a setting of the check \(by default grace: '1s'\)$/,
    )
    expect(waiver(of('deadlock', 1))).toMatch(/waive it: checks: { deadlock: false }$/)
  })

  test('says once what is said of several', () => {
    const { message } = new InvariantError([of('claims', 1), of('claims', 2), of('claims', 3, { advice: 'Else.' })])
    expect(message).toContain('\n  Why it matters: Why.\n  What to do: Do. Else.\n')
  })
})

describe('what is found', () => {
  const endless = story(
    ...Array.from({ length: 25 }, (_, nth) =>
      event(100 - nth, { type: 'setUp.unused', part: 'replies', name: `${nth}` }),
    ),
  )

  test('are twenty violations of a check at most, in the order of time', () => {
    expect(findViolations(endless)).toHaveLength(20)
    const both = story(tries(9, 2_000), event(5, { type: 'setUp.unused', part: 'replies', name: 'a' }))
    expect(findViolations(both).map(({ check, at }) => [check, at])).toEqual([
      ['set-up', 5],
      ['amplification', 24_000],
    ])
  })

  test('is nothing of a check that is waived', () => {
    expect(findViolations(endless, { 'set-up': false })).toEqual([])
  })

  test('has the slack in milliseconds, or as a text, or by its former name', () => {
    const late = story(gather(1, { from: 0, to: 2_100, timeoutMs: 1_000, expected: ['ann'] }))
    const count = (more: object): number =>
      findViolations(late, {}, more).filter(({ check }) => check === 'timeouts').length
    expect([{}, { slack: 99 }, { slack: 100 }, { slack: '100ms' }, { slackMs: 100 }].map(count)).toEqual([
      1, 1, 0, 0, 0,
    ])
  })
})
