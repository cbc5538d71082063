import { describe, expect, test } from 'vitest'
import { agentsOf, callsOf, costOverTime, gathersOf } from '../../../src/trace/queries.ts'
import { call, event, gather, story } from '../../given/story.ts'

describe('a call, folded from its events', () => {
  test('that is answered', () => {
    const trace = story(
      call(7, {
        agent: 'ben',
        from: 100,
        to: 400,
        cost: 12,
        prompt: 3,
        continues: 2,
        holds: [1],
        overtakes: 6,
        questions: 2,
        repeated: 3,
        repeatedTools: ['look'],
        run: 0,
        turn: 4,
      }),
      event(150, { type: 'call.firstToken', call: 7, afterMs: 50 }),
    )
    expect(callsOf(trace)).toEqual([
      {
        call: 7,
        agent: 'ben',
        conversation: 'ben/1',
        turn: 4,
        service: 'openai',
        provider: 'openai',
        model: 'gpt-4o-mini',
        stream: false,
        attempt: 1,
        detached: false,
        ownTime: false,
        retryOf: undefined,
        arrivedAt: 100,
        firstTokenAt: 150,
        endedAt: 400,
        leftAt: undefined,
        status: 'ended',
        finish: 'stop',
        fault: undefined,
        retryAfterMs: null,
        request: 'request 7',
        prompt: 3,
        continues: 2,
        holds: [1],
        overtakes: 6,
        questions: 2,
        repeated: 3,
        repeatedTools: ['look'],
        run: 0,
        seq: 0,
        usage: { input: 10, cachedInput: 0, cacheWrite: 0, output: 10, reasoning: 0 },
        cost: 12n,
      },
    ])
  })

  test('that fails', () => {
    const [failed] = callsOf(story(call(1, { from: 0, to: 5, fault: 'overloaded', retryAfterMs: 900, cost: 3 })))
    expect(failed).toMatchObject({ status: 'failed', fault: 'overloaded', endedAt: 5, retryAfterMs: 900, cost: 3n })
    expect(failed).toMatchObject({ finish: undefined, usage: { input: 10 } })
  })

  test('whose answer is damaged', () => {
    expect(callsOf(story(call(1, { from: 0, to: 5, blemish: 'empty' })))).toMatchObject([
      { status: 'ended', fault: 'empty' },
    ])
  })

  test('that has no end yet has cost nothing yet', () => {
    expect(callsOf(story(call(1, { from: 3 })))).toMatchObject([
      {
        status: 'open',
        endedAt: undefined,
        cost: 0n,
        usage: { input: 0, cachedInput: 0, cacheWrite: 0, output: 0, reasoning: 0 },
        holds: [],
      },
    ])
  })

  test('that a service has refused takes no time', () => {
    const refused = {
      type: 'call.refused',
      call: 4,
      agent: 'ann',
      provider: 'openai',
      model: 'gpt-4o',
      host: 'api.openai.com',
      method: 'POST',
      path: '/v1/chat/completions',
      status: 400,
      reason: 'invalid',
      message: 'No messages.',
      request: 'r',
    } as const
    const nobody = { ...refused, call: 5, agent: null, provider: null, model: null, request: null } as const
    const noCall = { ...refused, call: null } as const
    expect(callsOf(story(event(8, refused), event(9, nobody), event(9, noCall)))).toEqual([
      {
        call: 4,
        agent: 'ann',
        conversation: 'ann/refused-4',
        turn: 1,
        service: 'openai',
        provider: 'openai',
        model: 'gpt-4o',
        stream: false,
        attempt: 1,
        detached: false,
        ownTime: false,
        retryOf: undefined,
        arrivedAt: 8,
        firstTokenAt: undefined,
        endedAt: 8,
        leftAt: undefined,
        status: 'refused',
        finish: undefined,
        fault: 'invalid',
        retryAfterMs: null,
        request: 'r',
        prompt: undefined,
        continues: undefined,
        holds: [],
        overtakes: undefined,
        questions: 1,
        repeated: 1,
        repeatedTools: [],
        run: undefined,
        seq: 0,
        usage: { input: 0, cachedInput: 0, cacheWrite: 0, output: 0, reasoning: 0 },
        cost: 0n,
      },
      expect.objectContaining({
        agent: 'unknown',
        conversation: 'unknown/refused-5',
        service: '',
        provider: '',
        model: '',
        request: '',
      }),
    ])
  })

  test('that its client has left is told with when, unless its answer is handed out again', () => {
    const left = event(20, { type: 'call.left', call: 1 })
    const replayed = (at: number) => event(at, { type: 'call.replayed', call: 1 })
    expect(callsOf(story(call(1, { from: 0 }), left))[0]!.leftAt).toBe(20)
    expect(callsOf(story(call(1, { from: 0 }), left, replayed(30)))[0]!.leftAt).toBeUndefined()
    expect(callsOf(story(call(1, { from: 0, to: 25 }), left, replayed(30)))[0]!.leftAt).toBe(20)
  })

  test('of which only the end is told is none', () => {
    expect(callsOf(story(event(1, { type: 'call.left', call: 9 })))).toEqual([])
  })

  test('are told in the order of their arrival', () => {
    const trace = story(call(2, { from: 0, to: 90 }), call(1, { from: 10, to: 20 }))
    expect(callsOf(trace).map(({ call: number }) => number)).toEqual([2, 1])
  })
})

describe('retries', () => {
  const fault = 'overloaded'
  test('count their attempts, whatever was told at their arrival', () => {
    const trace = story(
      call(1, { from: 0, to: 1, fault }),
      call(2, { from: 2, to: 3, fault, retryOf: 1 }),
      call(3, { from: 4, to: 5, retryOf: 2 }),
    )
    expect(callsOf(trace).map(({ attempt, retryOf }) => [attempt, retryOf])).toEqual([
      [1, undefined],
      [2, 1],
      [3, 2],
    ])
  })

  test('are taken from a call for which another is found to be the retry', () => {
    const trace = story(
      call(1, { from: 0, to: 1, fault }),
      call(2, { from: 2, to: 9, retryOf: 1 }),
      call(3, { from: 3, to: 9, retryOf: 1 }),
    )
    expect(callsOf(trace).map(({ attempt, retryOf }) => [attempt, retryOf])).toEqual([
      [1, undefined],
      [1, undefined],
      [2, 1],
    ])
  })

  test('of a call that the trace does not have keep the attempt that was told', () => {
    const trace = story(call(5, { from: 0, to: 1, retryOf: 4, attempt: 3 }))
    expect(callsOf(trace)).toMatchObject([{ attempt: 3, retryOf: 4 }])
  })
})

describe('a gather, folded from its events', () => {
  test('that is over', () => {
    const trace = story(
      gather(1, {
        from: 5,
        to: 50,
        expected: ['ann', 'ben', 'cem'],
        timeoutMs: 45,
        received: [
          [20, 'ben'],
          [60, 'cem'],
        ],
      }),
    )
    expect(gathersOf(trace)).toEqual([
      {
        gather: 1,
        name: 'votes',
        expected: ['ann', 'ben', 'cem'],
        startedAt: 5,
        endedAt: 50,
        timeoutMs: 45,
        tasks: null,
        received: ['ben'],
        late: ['cem'],
        missing: ['ann', 'cem'],
      },
    ])
  })

  test('that is under way misses who has not answered', () => {
    const [started, ...rest] = gather(1, { from: 0, to: 90, expected: ['ann', 'ben'], received: [[3, 'ann']] })
    expect(gathersOf(story([started!, rest[0]!]))).toMatchObject([
      { endedAt: undefined, received: ['ann'], missing: ['ben'] },
    ])
  })

  test('of which only answers are told is none', () => {
    expect(gathersOf(story(gather(1, { from: 0, to: 5, expected: [], received: [[1, 'ann']] }).slice(1)))).toEqual([])
  })

  test('stand in the order of their start', () => {
    const trace = story(
      gather(2, { name: 'first', from: 0, to: 90, expected: [] }),
      gather(1, { name: 'second', from: 1, to: 2, expected: [] }),
    )
    expect(gathersOf(trace).map(({ name }) => name)).toEqual(['first', 'second'])
  })
})

describe('what an agent has asked', () => {
  test('is summed up, agents in the order of their first calls', () => {
    const trace = story(
      call(1, { agent: 'ben', from: 0, to: 100, cost: 1 }),
      call(2, { agent: 'ann', from: 1, to: 11, cost: 2, fault: 'overloaded' }),
      call(3, { agent: 'ann', from: 20, to: 50, cost: 3, retryOf: 2 }),
      call(4, { agent: 'ben', from: 200 }),
    )
    const tokens = (count: number) => ({
      input: count,
      cachedInput: 0,
      cacheWrite: 0,
      output: count,
      reasoning: 0,
    })
    expect(agentsOf(callsOf(trace))).toEqual([
      {
        agent: 'ben',
        calls: 2,
        failed: 0,
        retries: 0,
        usage: tokens(10),
        cost: 1n,
        latencyMs: { median: 100, p95: 100, max: 100 },
      },
      {
        agent: 'ann',
        calls: 2,
        failed: 1,
        retries: 1,
        usage: tokens(20),
        cost: 5n,
        latencyMs: { median: 30, p95: 30, max: 30 },
      },
    ])
  })

  test('has no latency where nothing was answered', () => {
    expect(agentsOf(callsOf(story(call(1, { from: 0, to: 1, fault: 'reset' }))))[0]!.latencyMs).toBeNull()
  })

  test('counts each kind of token', () => {
    const [asked] = callsOf(story(call(1, { from: 0, to: 1 })))
    const usage = { input: 1, cachedInput: 2, cacheWrite: 3, output: 4, reasoning: 5 }
    expect(
      agentsOf([
        { ...asked!, usage },
        { ...asked!, usage },
      ])[0]!.usage,
    ).toEqual({
      input: 2,
      cachedInput: 4,
      cacheWrite: 6,
      output: 8,
      reasoning: 10,
    })
  })

  test('counts refused calls as failed', () => {
    const [asked] = callsOf(story(call(1, { from: 0, to: 1 })))
    expect(agentsOf([{ ...asked!, status: 'refused' }, asked!])[0]).toMatchObject({ calls: 2, failed: 1 })
  })

  test('has a median and a p95 of all that was answered, whatever the order', () => {
    const [asked] = callsOf(story(call(1, { from: 0, to: 1 })))
    const calls = Array.from({ length: 100 }, (_, nth) => ({ ...asked!, arrivedAt: 10, endedAt: 110 - nth }))
    expect(agentsOf(calls)[0]!.latencyMs).toEqual({ median: 50, p95: 95, max: 100 })
  })
})

describe('the bill as it grows', () => {
  test('has a point at the end of each span in which something was billed', () => {
    const trace = story(
      call(1, { from: 0, to: 2_500, cost: 5 }),
      call(2, { from: 0, to: 100, cost: 1 }),
      call(3, { from: 0, to: 999, cost: 2 }),
      call(4, { from: 0, to: 1_500, cost: 0 }),
      call(5, { from: 0 }),
      call(6, { from: 0, to: 3_000, cost: 1 }),
    )
    expect(costOverTime(callsOf(trace), 1_000)).toEqual([
      { at: 1_000, cost: 3n },
      { at: 3_000, cost: 8n },
      { at: 4_000, cost: 9n },
    ])
  })

  test('has no points where nothing was', () => {
    expect(costOverTime([], 1_000)).toEqual([])
  })
})
