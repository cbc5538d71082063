import { describe, expect, test } from 'vitest'
import { call, event, finds, gather, story, tries } from '../../given/story.ts'

const THREE = ['ann sent the same request 3 times in 6s, and openai refused each for good: unauthorized']

describe('refusals', () => {
  const refused = (count: number, fault = 'unauthorized', of: object = {}, pauseMs = 2_000) =>
    tries(count, pauseMs, { fault, ...of })

  test('a request may be sent again once, and not twice', () => {
    expect(finds('refusals', story(refused(2)))).toEqual([])
    expect(finds('refusals', story(refused(3)))).toEqual(THREE)
    expect(finds('refusals', story(refused(3)), { tries: 4 })).toEqual([])
    expect(finds('refusals', story(refused(2)), { tries: 2 })).toHaveLength(1)
    expect(finds('refusals', story(refused(1)), { tries: 0 })).toEqual([])
  })

  test('all repetitions are told once', () => {
    expect(finds('refusals', story(refused(3_000)))).toEqual([
      'ann sent the same request 3,000 times in 2h 29m, and openai refused each for good: unauthorized',
    ])
  })

  test.for(['unauthorized', 'model_not_found', 'model_retired', 'context_length', 'prompt_filtered'])(
    'no time mends "%s"',
    (fault) => {
      expect(finds('refusals', story(refused(3, fault)))).toHaveLength(1)
    },
  )

  test.for(['rate_limited', 'quota_exhausted', 'overloaded', 'server_error', 'bad_gateway', 'reset', 'disconnected'])(
    '"%s" may pass',
    (fault) => {
      expect(finds('refusals', story(refused(8, fault)))).toEqual([])
    },
  )

  test('a request that alone exceeds a limit may be retried by an SDK each time, and never passes', () => {
    expect(finds('refusals', story(refused(8, 'request_too_large')))).toEqual([])
    expect(finds('refusals', story(refused(9, 'request_too_large')))).toEqual([
      'ann sent the same request 9 times in 24s, and openai refused each for good: request_too_large',
    ])
  })

  test('an answer such as a refusal of the model is none of the service', () => {
    const answers = Array.from({ length: 9 }, (_, nth) =>
      call(nth + 1, { request: 'same', from: nth * 2_000, to: nth * 2_000 + 1_000, blemish: 'refusal' }),
    )
    expect(finds('refusals', story(...answers))).toEqual([])
  })

  test('a new token that the service accepts makes the repetition right', () => {
    const twice = refused(2)
    expect(finds('refusals', story(twice, call(3, { request: 'same', from: 6_000, to: 7_000, retryOf: 2 })))).toEqual(
      [],
    )
    // An hour later the token has expired again.
    const later = [
      call(4, { request: 'same', from: 3_600_000, to: 3_601_000, fault: 'unauthorized' }),
      call(5, { request: 'same', from: 3_602_000, to: 3_603_000, retryOf: 4 }),
    ]
    expect(finds('refusals', story(twice, call(3, { request: 'same', from: 6_000, to: 7_000 }), ...later))).toEqual([])
  })

  test('other reasons, models and services are other refusals', () => {
    const third = (of: object) =>
      finds(
        'refusals',
        story(
          refused(2),
          call(3, { request: 'same', from: 6_000, to: 7_000, retryOf: 2, fault: 'unauthorized', ...of }),
        ),
      )
    expect(third({})).toHaveLength(1)
    expect(third({ fault: 'model_retired' })).toEqual([])
    expect(third({ model: 'gpt-4o' })).toEqual([])
    expect(third({ fault: 'server_error' })).toEqual([])
  })

  test('what passes in between does not make it another request', () => {
    const between = refused(4).map(([at, body]) =>
      body.type === 'call.failed' && body.call === 2
        ? ([at, { ...body, fault: 'server_error' }] as const)
        : ([at, body] as const),
    )
    expect(finds('refusals', story(between))).toEqual([
      'ann sent the same request 3 times in 9s, and openai refused each for good: unauthorized',
    ])
  })

  test('a poll every half minute, and samples, are no repetitions', () => {
    expect(finds('refusals', story(refused(9, 'unauthorized', {}, 30_000)))).toEqual([])
    expect(finds('refusals', story(refused(9, 'unauthorized', {}, 29_999)))).toHaveLength(1)
    const samples = Array.from({ length: 5 }, (_, nth) =>
      call(nth + 1, { request: 'same', from: 0, to: 20, fault: 'unauthorized' }),
    )
    expect(finds('refusals', story(...samples))).toEqual([])
  })

  test('a backoff that grows to a minute goes on', () => {
    const pauses = [1, 2, 4, 8, 16, 32, 60, 60, 60]
    let at = 0
    const calls = pauses.map((pause, nth) => {
      const sent = call(nth + 1, {
        request: 'same',
        from: at,
        to: at + 20,
        fault: 'unauthorized',
        ...(nth > 0 && { retryOf: nth }),
      })
      at += 20 + pause * 1_000
      return sent
    })
    expect(finds('refusals', story(...calls))).toEqual([
      'ann sent the same request 9 times in 3m 3s, and openai refused each for good: unauthorized',
    ])
  })

  test.for([
    ['a restart of the run', event(4_000, { type: 'run.resumed', run: 'a', uncertain: 0 })],
    ['a restart of the agent', event(4_000, { type: 'agent.restarted', agent: 'ann', restarts: 1 })],
    ['another run', event(4_000, { type: 'run.started', name: 'a', seed: 1, vars: {} })],
    ['another gather', gather(1, { from: 4_000, to: 60_000, expected: ['ann'] })],
  ] as const)('%s begins anew', ([, between]) => {
    expect(finds('refusals', story(refused(3), between))).toEqual([])
  })

  describe('at sight', () => {
    const atSight = (number: number, at: number, of: object = {}) =>
      event(at, {
        type: 'call.refused',
        call: number,
        agent: 'ann',
        provider: 'openai',
        model: null,
        host: 'api.openai.com',
        method: 'POST',
        path: '/v1/responses',
        status: 401,
        reason: 'unauthorized',
        message: 'No.',
        request: 'same',
        ...of,
      })
    const all = (count: number, of: (nth: number) => object = () => ({}), gap = 2_000) =>
      finds('refusals', story(...Array.from({ length: count }, (_, nth) => atSight(nth + 1, nth * gap, of(nth)))))

    test('requests that become no call count too, with their status', () => {
      expect(all(2)).toEqual([])
      expect(all(3)).toEqual([
        'ann sent the same request 3 times in 4s, and openai refused each for good: 401 unauthorized',
      ])
      expect(all(3, () => ({ agent: null, status: 413, reason: 'too_large' }))).toEqual([
        'unknown sent the same request 3 times in 4s, and openai refused each for good: 413 too_large',
      ])
    })

    test.for([408, 409, 425, 429, 500, 503, null])('the status %s may pass', (status) => {
      expect(all(9, () => ({ status }))).toEqual([])
    })

    test('another request, path, agent or status is not the same', () => {
      const alternate = (name: string, one: unknown, other: unknown) =>
        all(4, (nth) => ({ [name]: nth % 2 === 0 ? one : other }))
      expect(alternate('request', 'a', 'b')).toEqual([])
      expect(alternate('path', '/a', '/b')).toEqual([])
      expect(alternate('agent', 'ann', 'ben')).toEqual([])
      expect(alternate('status', 400, 401)).toEqual([])
      expect(all(9, () => ({ request: null }))).toEqual([])
    })

    test('a resource may be polled until it is there, and what nothing simulates is told by another check', () => {
      expect(all(9, () => ({ method: 'GET', status: 404 }))).toEqual([])
      expect(all(9, () => ({ call: null, status: 404 }))).toEqual([])
    })

    test('requests at the same time, after a rest and after a restart begin anew', () => {
      expect(all(9, () => ({}), 0)).toEqual([])
      expect(all(9, () => ({}), 30_000)).toEqual([])
      const resumed = event(3_000, { type: 'run.resumed', run: 'a', uncertain: 0 })
      const three = [0, 2_000, 4_000].map((at, nth) => atSight(nth + 1, at))
      expect(finds('refusals', story(...three))).toHaveLength(1)
      expect(finds('refusals', story(...three, resumed))).toEqual([])
    })
  })
})
