import { describe, expect, test } from 'vitest'
import { ClockInUseError, DeadlockError, TimerStormError } from '../../../src/clock/errors.ts'

const waiters = [{ who: 'ann', what: 'an answer of gpt-4o', since: 1_000 }]
const none = { realTimers: [], endedIntervals: [], asleep: [] }

describe('a deadlock', () => {
  test.each([
    [
      ['child process 4 `node a.js`'],
      'child process 4 `node a.js` waits for a timer of its own, which runs in real time.',
    ],
    [
      ['child process 4 `node a.js`', 'a worker thread'],
      'child process 4 `node a.js`, a worker thread wait for a timer of their own',
    ],
  ])('names others that may go on by themselves: %s', (asleep, said) => {
    expect(new DeadlockError(0, [], { ...none, asleep }).message).toContain(said)
    expect(new DeadlockError(0, [], none).message).not.toContain('of its own')
  })

  test('says who has waited for what since when', () => {
    const error = new DeadlockError(61_000, waiters, none)
    expect(error).toMatchObject({ name: 'DeadlockError', code: 'LONGHAUL_DEADLOCK', waiters })
    expect(error.message).toMatch(/^Deadlock at 1m 1s of virtual time: no timer is set and no I\/O is in flight/)
    expect(error.message).toContain('\nWaiting:\n  ann has waited for an answer of gpt-4o since 1s (for 1m)\n')
    expect(error.message).toMatch(/await clock\.io\(promise\)\.$/)
    expect(error.message).not.toMatch(/real clock|earlier tests/)
  })

  test('names each who waits on a line of its own', () => {
    const both = [...waiters, { who: 'ben', what: 'call 2', since: 2_000 }]
    expect(new DeadlockError(3_000, both, none).message).toContain(
      'Waiting:\n  ann has waited for an answer of gpt-4o since 1s (for 2s)\n  ben has waited for call 2 since 2s (for 1s)\n',
    )
  })

  test('says so where longhaul knows of nobody', () => {
    expect(new DeadlockError(0, [], none).message).toContain(
      '  no wait that longhaul can see: the code under test awaits a promise that no code will settle\n',
    )
  })

  test('names timers that have escaped, five at most', () => {
    const realTimers = [1, 2, 3, 4, 5, 6_000].map((ms) => ({ ms, at: ms === 2 ? 'poll (a.ts:1:2)' : undefined }))
    const { message } = new DeadlockError(0, [], { realTimers, endedIntervals: [], asleep: [] })
    expect(message).toContain(
      '6 timer(s) of the real clock are pending (1ms, 2ms at poll (a.ts:1:2), 3ms, 4ms, 5ms): code that kept a reference to setTimeout',
    )
  })

  test('names intervals that ended with earlier tests', () => {
    const { message } = new DeadlockError(0, [], { realTimers: [], endedIntervals: [7_000], asleep: [] })
    expect(message).toContain('1 interval(s) of earlier tests in this file (every 7s) ended together with their tests')
    const many = [1_000, 2_000, 3_000, 4_000, 5_000, 6_000]
    expect(new DeadlockError(0, [], { realTimers: [], endedIntervals: many, asleep: [] }).message).toContain(
      '6 interval(s) of earlier tests in this file (every 1s, 2s, 3s, 4s, 5s) ended together',
    )
  })
})

test('a storm of timers names the busiest of them', () => {
  const timers = [400, 6, 5, 4, 3, 2].map((fired) => ({ kind: 'setInterval', everyMs: 10 * fired, fired }))
  const error = new TimerStormError({ now: 90_000, since: 30_000, fired: 500, timers, pending: [], waiters })
  expect(error).toMatchObject({ name: 'TimerStormError', code: 'LONGHAUL_TIMER_STORM', waiters })
  expect(error.message).toContain(
    '500 timers fired and 1m of virtual time passed without any other event (the last one at 30s).',
  )
  expect(error.message).toContain(
    '\nThe busiest of the last 420 timers:\n  setInterval of 4s, fired 400 times\n  setInterval of 60ms, fired 6 times\n',
  )
  expect(error.message.match(/setInterval of /g)).toHaveLength(5)
  expect(error.message).toContain('ann has waited for an answer of gpt-4o since 1s (for 1m 29s)')
  expect(error.message).toContain('raise the option clock.horizon')
})

test('a storm of timers does not say that nothing can settle what is waited for', () => {
  const storm = { now: 86_400_000, since: 0, fired: 1_440, timers: [], waiters: [] }
  expect(new TimerStormError({ ...storm, pending: [] }).message).toContain(
    'the code under test polls with these timers, or awaits a promise that no code will settle',
  )
  const { message } = new TimerStormError({
    ...storm,
    pending: [{ kind: 'timeout', ms: 604_800_000, dueMs: 518_400_000 }],
  })
  expect(message).toContain('Waiting:\n  a timer is due in 6d: timeout of 7d\n')
  expect(message).toContain('raise the option clock.horizon above 7d.')
  expect(message).not.toContain('no code will settle')
})

test('a second clock is refused with what to do', () => {
  const error = new ClockInUseError('A simulated clock is in force.')
  expect(error).toMatchObject({ name: 'ClockInUseError', code: 'LONGHAUL_CLOCK_IN_USE' })
  expect(error.message).toMatch(/^A simulated clock is in force\. A process has one time/)
  expect(error.message).toContain('LONGHAUL_TIME=real')
})
