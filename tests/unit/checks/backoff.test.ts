import { describe, expect, test } from 'vitest'
import { findViolations } from '../../../src/checks/index.ts'
import { call, event, finds, partsOf, story, tries } from '../../given/story.ts'

const same = { request: 'same' }
const failed = { ...same, fault: 'server_error' }
const RUSH = ['ann retried the same request 3 times, each less than 100ms after the failure']

describe('backoff', () => {
  test('three retries without a pause are one too many, and 100 ms are a pause', () => {
    expect(finds('backoff', story(tries(3, 99)))).toEqual([])
    expect(finds('backoff', story(tries(4, 99)))).toEqual(RUSH)
    expect(finds('backoff', story(tries(4, 100)))).toEqual([])
    expect(finds('backoff', story(tries(3, 99)), { rush: 2 })).toHaveLength(1)
    expect(finds('backoff', story(tries(4, 99)), { pause: 99 })).toEqual([])
    expect(finds('backoff', story(tries(4, 99)), { pause: '99ms' })).toEqual([])
    // The former name, in milliseconds.
    expect(finds('backoff', story(tries(4, 99)), { pauseMs: 99 } as object)).toEqual([])
    expect(finds('backoff', story(tries(9, 0)))).toEqual(RUSH)
  })

  test('nobody knows the pauses of a client with a clock of its own, if that of the trace is simulated', () => {
    expect(finds('backoff', story(tries(9, 0, { ownTime: true })))).toEqual([])
    expect(finds('backoff', story(tries(9, 0, { ownTime: true })), {}, 50)).toHaveLength(1)
  })

  test('a pause in between begins a new row', () => {
    expect(finds('backoff', story(tries(3, 0), tries(3, 0, {}, 3_100, 4)))).toEqual([])
  })

  test.for([
    ['the service has named the pause', { fault: 'rate_limited', retryAfterMs: 1 }],
    ['the client has gone away', { fault: 'disconnected' }],
    ['the content is another', { request: undefined }],
  ] as const)('where %s there is no pause to judge', ([, of]) => {
    expect(finds('backoff', story(tries(4, 0, of)))).toEqual([])
  })

  test('where the process died at that moment neither', () => {
    const died = [1_000, 2_000, 3_000].map((at) => event(at, { type: 'run.resumed', run: 'a', uncertain: 1 }))
    expect(finds('backoff', story(tries(4, 0), ...died))).toEqual([])
  })

  /** Agents that fail at the same time and pause for as long as it says. */
  const herd = (...pauses: number[]) =>
    story(
      ...pauses.map((pause, nth) => tries(2, pause, { agent: `a${nth}`, request: `${nth}` }, nth * 10, nth * 10 + 1)),
    )
  const inStep = (of: string) => [`${of} retries (attempt 2) came exactly 2s after the failure, without jitter`]

  test('five in step are one too many, if they are most of all', () => {
    expect(finds('backoff', herd(2_000, 2_000, 2_000, 2_000))).toEqual([])
    expect(finds('backoff', herd(2_000, 2_000, 2_000, 2_000, 2_000))).toEqual(inStep('5 of 5'))
    expect(finds('backoff', herd(2_000, 2_000, 2_000, 2_000), { inStep: 4 })).toEqual(inStep('4 of 4'))
    expect(finds('backoff', herd(2_000, 2_000, 2_000, 2_000, 2_001))).toEqual([])
    const eight = Array.from({ length: 8 }, () => 2_000)
    expect(finds('backoff', herd(...eight, 1, 2))).toEqual(inStep('8 of 10'))
    expect(finds('backoff', herd(...eight, 1, 2, 3))).toEqual([])
  })

  test('who waits for longer than told chooses the pause, and may be in step', () => {
    const told = (pause: number, retryAfterMs: number) =>
      finds(
        'backoff',
        story(
          ...[0, 1, 2, 3, 4].map((nth) =>
            tries(
              2,
              pause,
              { agent: `a${nth}`, request: `${nth}`, fault: 'overloaded', retryAfterMs },
              0,
              nth * 10 + 1,
            ),
          ),
        ),
      )
    expect(told(2_000, 1_000)).toEqual(inStep('5 of 5'))
    // As told, be it in whole seconds.
    expect(told(2_000, 2_000)).toEqual([])
    expect(told(2_005, 2_000)).toEqual([])
    expect(told(2_000, 1_200)).toEqual([])
  })

  test('nobody is in step where times are not exact, or who begins anew', () => {
    const five = herd(2_000, 2_000, 2_000, 2_000, 2_000)
    expect(finds('backoff', five, {}, 1)).toEqual([])
    expect(finds('backoff', herd(30_000, 30_000, 30_000, 30_000, 30_000))).toEqual([])
    expect(findViolations(five).map(({ at }) => at)).toEqual([3_000])
  })

  test('waves that follow each other are not counted together', () => {
    const waves = (size: number, gap: number) =>
      story(
        ...[0, 1, 2].flatMap((wave) =>
          Array.from({ length: size }, (_, nth) =>
            tries(
              2,
              2_000,
              { agent: `a${nth}`, request: `${wave}/${nth}` },
              wave * (3_000 + gap),
              wave * 100 + nth * 10 + 1,
            ),
          ),
        ),
      )
    expect(finds('backoff', waves(4, 0))).toEqual([])
    expect(finds('backoff', waves(4, -1))).toHaveLength(1)
    const late = Array.from({ length: 5 }, (_, nth) =>
      tries(2, 2_000, { agent: `b${nth}`, request: `late/${nth}` }, 90_000, 1_000 + nth * 10),
    )
    expect(finds('backoff', story(partsOf(waves(1, 0)), ...late))).toHaveLength(1)
  })

  test('a failure is followed once, by whichever lane', () => {
    const lanes = (count: number) =>
      story(...Array.from({ length: count }, (_, lane) => tries(4, 0, {}, lane * 10, lane * 10 + 1)))
    expect(finds('backoff', lanes(1))).toHaveLength(1)
    expect(finds('backoff', lanes(2))).toHaveLength(2)
    const burst = [2, 3, 4, 5, 6].map((nth) => call(nth, { ...failed, from: 1_000, to: 90_000 }))
    expect(finds('backoff', story(tries(1, 0), ...burst))).toEqual([])
  })

  test('requests that follow each other are not in step, at whatever pause', () => {
    const one = (gap: number) =>
      story(
        ...Array.from({ length: 20 }, (_, nth) =>
          tries(2, 2_000, { request: `${nth}` }, nth * (3_000 + gap), nth * 10 + 1),
        ),
      )
    expect(finds('backoff', one(0))).toEqual([])
    expect(finds('backoff', one(-2_401))).toEqual([
      '20 of 20 retries (attempt 2) came exactly 2s after the failure, without jitter',
    ])
  })
})
