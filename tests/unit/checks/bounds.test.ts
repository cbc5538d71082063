import { describe, expect, test } from 'vitest'
import type { EventBody } from '../../../src/trace/index.ts'
import { call, event, finds, gather, story } from '../../given/story.ts'

const note = (at: number) => event(at, { type: 'note', text: 'later' })
const run = (from: number, to: number) => [
  event(from, { type: 'run.started', name: 'a', seed: 1, vars: {} }),
  event(to, { type: 'run.ended', status: 'completed' }),
]

describe('breaker', () => {
  const breaker = (at: number, state: 'open' | 'half-open' | 'closed', target = 'openai/gpt-4o-mini') =>
    event(at, { type: 'breaker.changed', target, state })

  test('nobody calls while it is open: after it has opened, and before it changes again', () => {
    const at = (from: number) =>
      finds('breaker', story(breaker(1_000, 'open'), breaker(9_000, 'closed'), call(1, { from, to: 20_000 })))
    expect(at(1_000)).toEqual([])
    expect(at(1_001)).toHaveLength(1)
    expect(at(8_999)).toHaveLength(1)
    expect(at(9_000)).toEqual([])
  })

  test('calls of another model are not its own', () => {
    const trace = story(breaker(0, 'open'), call(1, { from: 5_000, to: 6_000, model: 'gpt-4o' }), note(9_000))
    expect(finds('breaker', trace)).toEqual([])
  })

  test('one call at a time tries while it is half open', () => {
    const two = (second: number) =>
      finds(
        'breaker',
        story(
          breaker(0, 'half-open'),
          call(1, { from: 0, to: 1_000 }),
          call(2, { from: second, to: 5_000 }),
          note(9_000),
        ),
      )
    expect(two(1_000)).toEqual([])
    expect(two(999)).toHaveLength(1)
  })

  test('a breaker belongs to its run, and ends with it', () => {
    const between = [run(0, 5_000), run(5_000, 9_000)].flat()
    const calls = (of: object) => [call(1, { from: 6_000, to: 7_000, ...of })]
    expect(finds('breaker', story(...between, breaker(1_000, 'open'), ...calls({})))).toEqual([])
    const early = [call(1, { from: 2_000, to: 3_000 })]
    expect(finds('breaker', story(...between, breaker(1_000, 'open'), ...early))).toHaveLength(1)
    const change = event(5_000, { type: 'breaker.changed', target: 'openai/gpt-4o-mini', state: 'open' })
    expect(finds('breaker', story(...between, change, ...calls({})))).toHaveLength(1)
  })

  test('where two runs are under way, calls that nobody knows of are left alone', () => {
    const beside = (from: number, of: object) => {
      const second = event(from, { type: 'run.started', name: 'b', seed: 1, vars: {} })
      return story(
        run(0, 9_000)[0]!,
        second,
        breaker(1_000, 'open'),
        call(1, { from: 3_000, to: 4_000, ...of }),
        note(9_000),
      )
    }
    expect(finds('breaker', beside(500, { run: 0 }))).toEqual([])
    expect(finds('breaker', beside(2_000, {}))).toEqual([])
    expect(finds('breaker', beside(2_000, { run: 0 }))).toHaveLength(1)
    expect(finds('breaker', beside(2_000, { run: 2 }))).toEqual([])
    expect(finds('breaker', beside(8_000, {}))).toHaveLength(1)
  })

  test('times that are not exact are given some room', () => {
    const at = (from: number) => finds('breaker', story(breaker(0, 'open'), call(1, { from, to: 5_000 })), {}, 50)
    expect(at(50)).toEqual([])
    expect(at(51)).toHaveLength(1)
  })

  test('both are waived apart', () => {
    const trace = story(
      breaker(0, 'half-open'),
      ...[1, 2].map((nth) => call(nth, { from: 10, to: 1_000 })),
      breaker(2_000, 'open'),
      call(3, { from: 3_000, to: 4_000 }),
      note(9_000),
    )
    expect(finds('breaker', trace)).toHaveLength(2)
    expect(finds('breaker', trace, { open: false })).toEqual([expect.stringContaining('was half open')])
    expect(finds('breaker', trace, { halfOpen: false })).toEqual([expect.stringContaining('was open from 2s')])
  })
})

describe('budget', () => {
  const bill = (...costs: number[]) =>
    story(...costs.map((cost, nth) => call(nth + 1, { from: nth * 1_000, to: nth * 1_000 + 500, cost: cost * 1e12 })))
  test('a budget may be spent to the last, and not beyond', () => {
    expect(finds('budget', bill(1, 1), { limit: 2 })).toEqual([])
    expect(finds('budget', bill(1, 1.5), { limit: 2 })).toEqual(['the provider has billed $2.50 of a budget of $2.00'])
    expect(finds('budget', bill(1, 1.5, 0), { limit: 2 })).toEqual([
      'the provider has billed $2.50 of a budget of $2.00, and 1 more call(s) were made',
    ])
  })

  test('what is dear counts when it is billed, and calls of that moment are none after it', () => {
    const costs = [call(1, { from: 0, to: 9_000, cost: 1e12 }), call(2, { from: 1_000, to: 2_000, cost: 2e12 })]
    expect(finds('budget', story(...costs), { limit: 2.5 })).toEqual([
      'the provider has billed $3.00 of a budget of $2.50',
    ])
    expect(finds('budget', story(...costs, call(3, { from: 2_500, to: 2_600 })), { limit: 1.5 })).toEqual([
      'the provider has billed $2.00 of a budget of $1.50, and 1 more call(s) were made',
    ])
    expect(finds('budget', story(...costs, call(3, { from: 2_000, to: 2_600 })), { limit: 1.5 })).toEqual([
      'the provider has billed $2.00 of a budget of $1.50',
    ])
  })

  test('the limit that the orchestrator tells counts where none is set', () => {
    const checked = (spent: string, limit: string | null) =>
      finds('budget', story(event(0, { type: 'cost.checked', spent, limit })))
    expect(checked('2', '2')).toEqual([])
    expect(checked('2', null)).toEqual([])
    expect(checked('3000000000000', '2000000000000')).toEqual(['$3.00 are spent of a budget of $2.00'])
  })
})

describe('cancellation', () => {
  const terminated = (at: number, agent = 'ann') => event(at, { type: 'agent.terminated', agent, reason: 'test' })
  const spawned = (at: number, agent = 'ann') => event(at, { type: 'agent.spawned', agent })

  test('a call may take a second to come to its end', () => {
    const until = (to: number) => finds('cancellation', story(call(1, { from: 0, to }), terminated(5_000), note(9_000)))
    expect(until(6_000)).toEqual([])
    expect(until(6_001)).toEqual(['ann was terminated, and its call 1 ran for another 1.001s'])
  })

  test('one that never ends is told when the trace is long enough to know', () => {
    const until = (at: number) => finds('cancellation', story(call(1, { from: 0 }), terminated(5_000), note(at)))
    expect(until(6_000)).toEqual([])
    expect(until(6_001)).toHaveLength(1)
  })

  test('a call that comes after it is told, unless it is broken off within the second', () => {
    const of = (from: number, to: number) =>
      finds('cancellation', story(terminated(5_000), call(1, { from, to }), note(9_000)))
    expect(of(5_000, 6_000)).toEqual([])
    expect(of(5_500, 6_001)).toEqual(['ann was terminated, and made call 1 500ms later'])
    expect(of(6_000, 6_000)).toEqual([])
    expect(of(6_001, 6_001)).toHaveLength(1)
  })

  test('the next life of the name is its own, from the place in the trace on, not the time', () => {
    const after = [call(1, { from: 5_000, to: 60_000 })]
    expect(finds('cancellation', story(terminated(5_000), spawned(5_000), ...after, note(90_000)))).toEqual([])
    expect(finds('cancellation', story(terminated(5_000), ...after, spawned(5_000), note(90_000)))).toHaveLength(1)
    expect(finds('cancellation', story(terminated(5_000), spawned(5_000, 'ben'), ...after))).toHaveLength(1)
    expect(finds('cancellation', story(spawned(0), terminated(5_000), ...after))).toHaveLength(1)
  })

  test('another run is another life, and one beside it is none of its business', () => {
    const runs = run(0, 50_000)
    const calls = (of: number | null) => [call(1, { from: 1_000, to: 40_000, run: of })]
    expect(finds('cancellation', story(...runs, ...calls(0), terminated(5_000)))).toHaveLength(1)
    expect(finds('cancellation', story(...runs, ...calls(77), terminated(5_000)))).toEqual([])
    expect(finds('cancellation', story(...runs, ...calls(null), terminated(5_000)))).toHaveLength(1)
    expect(finds('cancellation', story(terminated(0), ...run(1, 2), call(1, { from: 5_000, to: 9_000 })))).toEqual([])
  })

  test('both are waived apart', () => {
    const trace = story(call(1, { from: 0, to: 9_000 }), terminated(5_000), call(2, { from: 7_000, to: 8_000 }))
    expect(finds('cancellation', trace)).toHaveLength(2)
    expect(finds('cancellation', trace, { later: false })).toEqual([expect.stringContaining('its call 1 ran')])
    expect(finds('cancellation', trace, { underWay: false })).toEqual([expect.stringContaining('made call 2')])
  })
})

describe('claims', () => {
  const claim = (agent: string, known: number, uncertain = 0) =>
    event(9_000, { type: 'cost.claimed', agent, model: 'm', known, uncertain })
  const cost = (agent: string, of: object) =>
    call(agent === 'ann' ? 1 : 2, { agent, from: 0, to: 1_000, cost: 5, ...of })

  test('what is billed lies from what is known to what is uncertain', () => {
    const claimed = (known: number, uncertain: number) =>
      finds('claims', story(cost('ann', {}), claim('ann', known, uncertain))).length
    expect([claimed(5, 0), claimed(3, 2), claimed(5, 9)]).toEqual([0, 0, 0])
    expect([claimed(6, 0), claimed(3, 1), claimed(4, 0)]).toEqual([1, 1, 1])
  })

  test('a call under way leaves its own agent open, and nobody else', () => {
    const open = story(cost('ann', { to: undefined }), claim('ann', 9), cost('ben', {}), claim('ben', 9))
    expect(finds('claims', open)).toEqual([expect.stringMatching(/^ben is claimed/)])
  })

  test('an agent that nobody claims is found, where others are claimed', () => {
    expect(finds('claims', story(cost('ann', {}), claim('ann', 5), cost('ben', {})))).toHaveLength(1)
    expect(finds('claims', story(cost('ann', {}), cost('ben', {})))).toEqual([])
    const judge = story(...run(0, 10), cost('ann', { run: 0 }), claim('ann', 5), cost('ben', { run: null }))
    expect(finds('claims', judge)).toEqual([])
  })
})

describe('deadlines', () => {
  const votes = (of: object = {}) => gather(1, { from: 0, to: 5_000, expected: ['ann', 'ben'], ...of })

  test('a call may take a second to come to its end', () => {
    const until = (to: number) => finds('deadlines', story(votes(), call(1, { from: 1_000, to }), note(9_000)))
    expect(until(6_000)).toEqual([])
    expect(until(6_001)).toEqual(['the gather "votes" went on without ann, whose call 1 ran for another 1.001s'])
  })

  test('nobody tries again after it', () => {
    const first = call(1, { from: 1_000, to: 4_000, fault: 'server_error' })
    const again = (from: number) =>
      finds('deadlines', story(votes(), first, call(2, { from, to: from + 1, retryOf: 1 }), note(9_000)))
    expect(again(5_999)).toEqual([])
    expect(again(6_000)).toEqual(['ann tried again 1s after the gather "votes" had gone on without it'])
  })

  test('who is asked by another gather at the time may try again', () => {
    const first = call(1, { from: 1_000, to: 4_000, fault: 'server_error' })
    const again = call(2, { from: 9_000, to: 9_500, retryOf: 1 })
    const other = (from: number, to: number, expected = ['ann']) =>
      finds('deadlines', story(votes(), first, gather(2, { from, to, expected }), again, note(9_999))).length
    expect([other(9_000, 9_001), other(7_000, 9_000), other(9_001, 9_500)]).toEqual([0, 1, 1])
    expect(other(9_000, 9_001, ['ben'])).toBe(1)
  })

  test('another gather may follow within the time of the first', () => {
    const slow = call(1, { from: 1_000, to: 20_000 })
    const other = (from: number, to = 30_000) =>
      finds(
        'deadlines',
        story(votes({ timeoutMs: 3_000 }), gather(2, { from, to, expected: ['ann'], received: [[to, 'ann']] }), slow),
      ).length
    expect([other(8_000), other(8_001)]).toEqual([0, 1])
    expect([other(1_000, 5_001), other(1_000, 5_000)]).toEqual([0, 1])
  })

  test('times that are not exact are given some room', () => {
    const until = (to: number) => finds('deadlines', story(votes(), call(1, { from: 1_000, to }), note(9_000)), {}, 50)
    expect(until(6_050)).toEqual([])
    expect(until(6_051)).toHaveLength(1)
  })

  test('who is heard late, or works for another gather, may go on', () => {
    const slow = call(1, { from: 1_000, to: 20_000 })
    expect(finds('deadlines', story(votes({ received: [[20_000, 'ann']] }), slow))).toEqual([])
    const other = (from: number) => gather(2, { from, to: 30_000, expected: ['ann'] })
    expect(finds('deadlines', story(votes(), other(5_000), slow))).toEqual([])
    expect(finds('deadlines', story(votes(), other(5_001), slow))).toHaveLength(1)
  })

  test('both are waived apart', () => {
    const trace = story(
      votes(),
      call(1, { from: 1_000, to: 4_000, fault: 'server_error' }),
      call(2, { from: 4_500, to: 20_000, request: 'x' }),
      call(3, { from: 7_000, to: 8_000, retryOf: 1 }),
    )
    expect(finds('deadlines', trace)).toHaveLength(2)
    expect(finds('deadlines', trace, { underWay: false })).toEqual([expect.stringContaining('tried again')])
    expect(finds('deadlines', trace, { retries: false })).toEqual([expect.stringContaining('call 2 ran')])
  })
})

describe('isolation of retries', () => {
  const votes = gather(1, { from: 0, to: 5_000, expected: ['ann', 'slow'], received: [[1_000, 'ann']] })
  const slow = (number: number, from: number, to: number, of: object = {}) =>
    call(number, { agent: 'slow', from, to, fault: 'server_error', request: 'same', ...of })
  const next = (at: number) => call(90, { from: at, to: at + 1 })
  const found = (...parts: ReturnType<typeof call>[]) => finds('isolation', story(votes, ...parts)).length

  test('the last try counts, also where the one that was under way had failed in time', () => {
    const tries = [slow(1, 0, 3_000), slow(2, 5_000, 8_000, { retryOf: 1 }), slow(3, 9_000, 12_000, { retryOf: 2 })]
    expect([found(...tries, next(12_000)), found(...tries, next(8_000))]).toEqual([1, 0])
  })

  test('a try within the gather is followed by itself, and told once', () => {
    const tries = [slow(1, 0, 2_000), slow(2, 4_999, 9_000, { retryOf: 1 })]
    expect(found(...tries, next(9_000))).toBe(1)
  })

  test('who begins anew after half a minute delays nobody', () => {
    const tries = [slow(1, 0, 3_000), slow(2, 33_000, 40_000, { retryOf: 1 })]
    expect(found(...tries, next(40_000))).toBe(0)
  })

  test('a gather that misses nobody holds nobody up, and times that are not exact are given some room', () => {
    const whole = gather(1, { from: 0, to: 5_000, expected: ['ann'], received: [[1_000, 'ann']] })
    expect(finds('isolation', story(whole, slow(1, 0, 9_000), next(9_000)))).toEqual([])
    const at = (from: number) => finds('isolation', story(votes, slow(1, 0, 9_000), next(from)), {}, 50).length
    expect([at(9_060), at(9_061)]).toEqual([1, 0])
  })
})

describe('isolation', () => {
  const votes = gather(1, { from: 0, to: 5_000, expected: ['ann', 'slow'], received: [[1_000, 'ann']] })
  const after = (slowEnd: number, next: number, holds: readonly number[] = []) =>
    finds(
      'isolation',
      story(
        votes,
        call(1, { from: 0, to: 1_000 }),
        call(2, { agent: 'slow', from: 0, to: slowEnd }),
        call(3, { from: next, to: next + 1, holds }),
      ),
    )

  test('who goes on as a slow one ends has waited for it, if that took a second', () => {
    expect(after(9_000, 9_000)).toHaveLength(1)
    expect(after(9_000, 8_999)).toEqual([])
    expect(after(9_000, 9_010)).toHaveLength(1)
    expect(after(9_000, 9_011)).toEqual([])
    expect(after(6_010, 6_010)).toHaveLength(1)
    expect(after(6_009, 6_009)).toEqual([])
  })

  test('who takes its answer up has a reason', () => {
    expect(after(9_000, 9_000, [2])).toEqual([])
    expect(after(9_000, 9_000, [1])).toHaveLength(1)
  })
})

describe('results', () => {
  const votes = (to: number, received: readonly (readonly [number, string])[] = []) =>
    gather(1, { from: 0, to, expected: ['ann'], received })
  const answer = call(1, { from: 0, to: 1_000 })

  test('an answer that was there for more than a second is missed', () => {
    expect(finds('results', story(votes(2_000), answer))).toEqual([])
    expect(finds('results', story(votes(2_001), answer))).toHaveLength(1)
  })

  test.for([
    ['suffers from a fault', { blemish: 'empty' }],
    ['calls a tool', { finish: 'tool_calls' }],
    ['was cut off', { finish: 'length' }],
    ['declines', { finish: 'refusal' }],
  ] as const)('one that %s is none', ([, of]) => {
    expect(finds('results', story(votes(9_000), call(1, { from: 0, to: 1_000, ...of })))).toEqual([])
  })

  test('nor is one after which the agent is asked again, or the last of those', () => {
    const again = (from: number) => story(votes(9_000), answer, call(2, { from, to: 3_000 }))
    expect(finds('results', again(1_000))).toEqual([])
    expect(finds('results', again(999))).toHaveLength(1)
  })

  const reason = (body: EventBody, at = 500) => finds('results', story(votes(9_000), answer, event(at, body))).length
  const attempt = (agent: string): EventBody => {
    return { type: 'attempt.failed', agent, target: 'm', attempt: 1, kind: 'empty', message: '', retryInMs: null }
  }

  test.for([
    ['an attempt that failed', attempt],
    ['a budget that refused', (agent) => ({ type: 'budget.refused', agent, model: 'm', worst: 1, left: 0 })],
    ['its end', (agent) => ({ type: 'agent.terminated', agent, reason: '' })],
  ] satisfies [string, (agent: string) => EventBody][])('an agent may be missing for %s, meanwhile', ([, of]) => {
    expect([reason(of('ann')), reason(of('ben'))]).toEqual([0, 1])
    expect([reason(of('ann'), 0), reason(of('ann'), 9_000), reason(of('ann'), 9_001)]).toEqual([0, 0, 1])
    const later = story(
      event(1_000, of('ann')),
      gather(1, { from: 2_000, to: 9_000, expected: ['ann'] }),
      call(1, { from: 2_000, to: 3_000 }),
    )
    expect(finds('results', later)).toHaveLength(1)
  })

  test('or for a breaker that is open', () => {
    const state = (to: 'open' | 'closed', at?: number) =>
      reason({ type: 'breaker.changed', target: 'm', state: to }, at)
    expect([state('open'), state('closed'), state('open', 9_000), state('open', 9_001)]).toEqual([0, 1, 0, 1])
  })

  test('times that are not exact are given some room', () => {
    expect(finds('results', story(votes(2_050), answer), {}, 50)).toEqual([])
    expect(finds('results', story(votes(2_051), answer), {}, 50)).toHaveLength(1)
  })

  test('one that is taken counts once, in whatever gather', () => {
    expect(finds('results', story(votes(9_000, [[1_000, 'ann']]), answer))).toEqual([])
    expect(
      finds(
        'results',
        story(
          votes(9_000, [
            [1_000, 'ann'],
            [10_000, 'ann'],
          ]),
          answer,
        ),
      ),
    ).toEqual(['the gather "votes" took the answer of ann twice'])
    const other = gather(2, { from: 0, to: 9_000, expected: ['ann'], received: [[2_000, 'ann']] })
    expect(finds('results', story(votes(9_000), other, answer))).toEqual([])
    const atOnce = gather(2, { from: 0, to: 9_000, expected: ['ann'], received: [[1_000, 'ann']] })
    expect(finds('results', story(votes(9_000), atOnce, answer))).toEqual([])
    const before = gather(2, { from: 0, to: 9_000, expected: ['ann'], received: [[999, 'ann']] })
    expect(finds('results', story(votes(9_000), before, answer))).toHaveLength(1)
    const late = gather(2, { from: 0, to: 9_000, expected: ['ann'], received: [[2_001, 'ann']] })
    expect(finds('results', story(votes(9_000), late, answer))).toHaveLength(1)
  })

  test('both are waived apart', () => {
    const trace = story(
      votes(9_000),
      answer,
      gather(2, {
        from: 20_000,
        to: 30_000,
        expected: ['ben'],
        received: [
          [21_000, 'ben'],
          [22_000, 'ben'],
        ],
      }),
    )
    expect(finds('results', trace)).toHaveLength(2)
    expect(finds('results', trace, { lost: false })).toEqual([expect.stringContaining('twice')])
    expect(finds('results', trace, { twice: false })).toEqual([expect.stringContaining('counts ann as missing')])
  })
})

describe('runaway', () => {
  const row = (count: number, gap: number, of: (nth: number) => object = () => ({})) =>
    story(
      ...Array.from({ length: count }, (_, nth) =>
        call(nth + 1, { from: nth * (100 + gap), to: nth * (100 + gap) + 100, request: 'same', ...of(nth) }),
      ),
    )

  test('five hundred times the same at once is one too many', () => {
    expect(finds('runaway', row(499, 0))).toEqual([])
    expect(finds('runaway', row(500, 0))).toEqual(['ann has asked the same 500 times in a row'])
    expect(finds('runaway', row(5, 0), { again: 5 })).toHaveLength(1)
  })

  test('who waits for more than a second, asks another thing, or is not answered is not in a row', () => {
    expect(finds('runaway', row(5, 1_000), { again: 5 })).toHaveLength(1)
    expect(finds('runaway', row(5, 1_001), { again: 5 })).toEqual([])
    expect(finds('runaway', row(5, -1), { again: 5 })).toEqual([])
    expect(
      finds(
        'runaway',
        row(5, 0, (nth) => (nth === 2 ? { request: 'other' } : {})),
        { again: 5 },
      ),
    ).toEqual([])
    expect(
      finds(
        'runaway',
        row(5, 0, (nth) => (nth === 2 ? { fault: 'reset' } : {})),
        { again: 5 },
      ),
    ).toEqual([])
  })

  test('so are a thousand steps that tool calls have asked for', () => {
    const steps = (nth: number) => ({ request: `${nth}`, finish: 'tool_calls', turn: nth + 1 })
    expect(finds('runaway', row(999, 0, steps))).toEqual([])
    expect(finds('runaway', row(1_000, 0, steps))).toHaveLength(1)
    expect(finds('runaway', row(5, 30_000, steps), { exchanges: 5 })).toHaveLength(1)
    expect(finds('runaway', row(5, 30_001, steps), { exchanges: 5 })).toEqual([])
    expect(
      finds(
        'runaway',
        row(5, 0, (nth) => ({ ...steps(nth), turn: 1 })),
        { exchanges: 5 },
      ),
    ).toEqual([])
    expect(
      finds(
        'runaway',
        row(5, 0, (nth) => ({ ...steps(nth), finish: 'stop' })),
        { exchanges: 5 },
      ),
    ).toEqual([])
  })

  test('calls in a row, whatever they ask, are counted where that is wished, and there is somebody else', () => {
    const pages = (nth: number) => ({ request: `${nth}`, conversation: `${nth}`, agent: nth === 0 ? 'ben' : 'ann' })
    expect(finds('runaway', row(2_000, 0, pages))).toEqual([])
    expect(finds('runaway', row(6, 0, pages), { inARow: 5 })).toHaveLength(1)
    expect(finds('runaway', row(5, 0, pages), { inARow: 5 })).toEqual([])
    expect(
      finds(
        'runaway',
        row(6, 0, (nth) => ({ request: `${nth}` })),
        { inARow: 5 },
      ),
    ).toEqual([])
  })

  test('a chain of events that was cut is told', () => {
    const cut = event(0, { type: 'event.cut', event: 'ping', hops: 10 })
    expect(finds('runaway', story(cut))).toEqual(['the event "ping" has led to another 10 times; the chain was cut'])
  })
})

describe('sequential', () => {
  const turns = (
    gaps: readonly number[],
    of: (nth: number) => object = () => ({}),
    names = ['ann', 'ben', 'cem', 'dan'],
  ) => {
    let at = 0
    const calls = [0, ...gaps].map((gap, nth) => {
      const from = at + gap
      at = from + 1_000
      return call(nth + 1, { agent: names[nth % names.length]!, from, to: at, ...of(nth) })
    })
    const expected = names.slice(0, gaps.length + 1)
    return story(gather(1, { from: 0, to: 60_000, expected }), ...calls)
  }

  test('three agents of which each begins when the one before has ended', () => {
    expect(finds('sequential', turns([0]))).toEqual([])
    expect(finds('sequential', turns([0, 0]))).toEqual([
      'for the gather "votes" ann, ben, cem were asked one after another, in 1m; at the same time it would take about 1s',
    ])
    expect(finds('sequential', turns([50, 50]))).toHaveLength(1)
    expect(finds('sequential', turns([50, 51]))).toEqual([])
    expect(finds('sequential', turns([0, -1]))).toEqual([])
    expect(finds('sequential', turns([0]), { agents: 2 })).toHaveLength(1)
    expect(finds('sequential', turns([0, 0]), { agents: 4 })).toEqual([])
  })

  test('who holds what was said before in the gather is asked in order', () => {
    expect(
      finds(
        'sequential',
        turns([0, 0], (nth) => ({ holds: [nth] })),
      ),
    ).toEqual([])
    expect(
      finds(
        'sequential',
        turns([0, 0], () => ({ holds: [77] })),
      ),
    ).toHaveLength(1)
    expect(
      finds(
        'sequential',
        turns([0, 0], (nth) => (nth === 2 ? { holds: [1] } : {})),
      ),
    ).toEqual([])
  })

  test('calls of one agent may overlap', () => {
    const two = story(
      gather(1, { from: 0, to: 60_000, expected: ['ann', 'ben', 'cem'] }),
      ...['ann', 'ben', 'cem'].flatMap((agent, nth) => [
        call(nth * 2 + 1, { agent, from: nth * 2_000, to: nth * 2_000 + 2_000 }),
        call(nth * 2 + 2, { agent, from: nth * 2_000, to: nth * 2_000 + 500 }),
      ]),
    )
    expect(finds('sequential', two)).toHaveLength(1)
  })
})

describe('timeouts', () => {
  test('a gather may take twice its timeout', () => {
    const took = (to: number) =>
      finds('timeouts', story(gather(1, { from: 0, to, expected: ['ann'], timeoutMs: 5_000 })))
    expect(took(10_000)).toEqual([])
    expect(took(10_001)).toEqual([
      'the gather "votes" has a timeout of 5s, and it took 10.001s until it was over (missing: ann)',
    ])
  })
})

test('a timeout has some room where times are not exact', () => {
  const took = (to: number) =>
    finds('timeouts', story(gather(1, { from: 0, to, expected: ['ann'], timeoutMs: 5_000 })), {}, 50).length
  expect([took(10_050), took(10_051)]).toEqual([0, 1])
})

describe('what a restart interrupts', () => {
  const resumed = (at: number) => event(at, { type: 'run.resumed', run: 'a', uncertain: 0 })

  test('a gather waits anew after it', () => {
    const slept = (at: number) =>
      finds('timeouts', story(gather(1, { from: 0, to: 60_000, expected: ['ann'], timeoutMs: 5_000 }), resumed(at)))
    expect(slept(50_000)).toEqual([])
    expect(slept(49_999)).toHaveLength(1)
    expect(slept(0)).toHaveLength(1)
    expect(slept(60_001)).toHaveLength(1)
  })

  test('a gather that was under way has ended with its process', () => {
    const begun = gather(1, { from: 2_000, to: 9_000, expected: ['ann'] }).slice(0, 1)
    const left = (at: number) => finds('orphans', story(...run(0, 20_000), begun, resumed(at), note(60_000)))
    expect(left(2_000)).toEqual([])
    expect(left(1_999)).toEqual(['the gather "votes" was begun and never ended'])
  })

  test('an answer that came at that moment was never read', () => {
    const trace = (at: number) =>
      story(gather(1, { from: 0, to: 9_000, expected: ['ann'] }), call(1, { from: 0, to: 1_000 }), resumed(at))
    expect(finds('results', trace(1_000))).toEqual([])
    expect(finds('results', trace(1_001))).toHaveLength(1)
  })
})

describe('orphans', () => {
  const left = (of: object, from = 500) => story(...run(0, 1_000), call(1, { from, to: 2_001, ...of }), note(9_000))
  test('of a call that nobody has told of it belongs to the run under way, else to the last one', () => {
    expect(finds('orphans', left({}))).toHaveLength(1)
    expect(finds('orphans', left({ to: 2_000 }))).toEqual([])
    expect(finds('orphans', left({ to: 2_000 }, 1_500))).toEqual([])
    expect(finds('orphans', left({}, 1_500))).toHaveLength(1)
    const beside = event(0, { type: 'run.started', name: 'b', seed: 1, vars: {} })
    expect(finds('orphans', story(...run(0, 1_000), beside, call(1, { from: 500, to: 8_000 })))).toEqual([])
  })

  test('a gather that is left is told when no run is under way any more', () => {
    const begun = gather(1, { from: 500, to: 9_000, expected: ['ann'] }).slice(0, 1)
    const ended = (to: number) => finds('orphans', story(...run(0, to), begun)).length
    expect(ended(1_000)).toBe(1)
    const [start] = run(0, 1_000)
    expect(finds('orphans', story(start!, begun, note(9_000)))).toEqual([])
    expect(finds('orphans', story(begun, note(9_000)))).toEqual([])
  })

  test('of a run that is known every call after its end is told, unless it is given up soon', () => {
    expect(finds('orphans', left({ run: 0, to: 1_100 }, 1_050))).toHaveLength(1)
    expect(finds('orphans', left({ run: 0, to: 2_000, fault: 'disconnected' }, 1_050))).toEqual([])
    expect(finds('orphans', left({ run: 0, to: 2_001, fault: 'disconnected' }, 1_050))).toHaveLength(1)
    expect(finds('orphans', left({ run: null, to: 8_000 }, 1_050))).toEqual([])
  })

  test('who has left a call to a service that goes on for its key has ended it', () => {
    const gone = event(1_500, { type: 'call.left', call: 1 })
    const back = event(1_800, { type: 'call.replayed', call: 1 })
    const trace = (...more: (typeof gone)[]) =>
      finds('orphans', story(...run(0, 1_000), call(1, { from: 500, to: 8_000 }), ...more, note(9_000)))
    expect(trace()).toHaveLength(1)
    expect(trace(gone)).toEqual([])
    expect(trace(gone, back)).toHaveLength(1)
    expect(trace(gone, event(8_500, { type: 'call.replayed', call: 1 }))).toEqual([])
  })
})

describe('conversations', () => {
  const turn = (number: number, from: number, of: object = {}) =>
    call(number, { from, to: from + 4_000, turn: 2, continues: 1, prompt: number, ...of })
  const hello = call(1, { from: 0, to: 1_000 })
  const two = [hello, turn(2, 2_000), turn(3, 3_000)]
  const beside = (...more: ReturnType<typeof turn>[]) => finds('conversations', story(...two, ...more)).length
  const next = (number: number, continues: number, of: object = {}) =>
    turn(number, 10_000 * number, { continues, turn: 3, ...of })

  test('a second question may come when the first is answered', () => {
    expect(finds('conversations', story(hello, turn(2, 2_000), turn(3, 6_000)))).toEqual([])
    expect(finds('conversations', story(hello, turn(2, 2_000), turn(3, 5_999)))).toEqual([
      'ann asked something in the conversation ann/1 while its call 2 there had no answer yet',
    ])
  })

  test('the same messages are samples, and what goes on with nothing is no conversation', () => {
    const both = (of: object) => finds('conversations', story(hello, turn(2, 2_000, of), turn(3, 3_000, of))).length
    expect([both({}), both({ prompt: 99 }), both({ continues: undefined })]).toEqual([1, 0, 0])
  })

  test('histories that differ are branches', () => {
    expect(finds('conversations', story(hello, turn(2, 2_000), turn(3, 3_000, { continues: 9 })))).toEqual([])
  })

  test('where the same was asked twice before, there are two conversations that nobody can tell apart', () => {
    const hellos = (of: object) =>
      story(
        call(1, { from: 0, to: 1_000, request: 'hello' }),
        call(9, { from: 0, to: 1_000, request: 'hello', ...of }),
        turn(2, 2_000),
        turn(3, 3_000),
      )
    expect(finds('conversations', hellos({}))).toEqual([])
    expect(finds('conversations', hellos({ request: 'other' }))).toHaveLength(1)
    expect(finds('conversations', hellos({ agent: 'ben' }))).toHaveLength(1)
    expect(finds('conversations', hellos({ from: 5_000, to: 6_000 }))).toHaveLength(1)
  })

  test('three on one history are branches', () => {
    expect([beside(), beside(turn(4, 4_000)), beside(turn(4, 4_000, { prompt: 3 }))]).toEqual([1, 0, 1])
    expect(finds('conversations', story(...two), { branches: 2 })).toEqual([])
  })

  test('so are two whose answers are judged together', () => {
    const judge = (of: object) => beside(call(4, { from: 90_000, to: 90_001, conversation: 'judge/1', ...of }))
    expect([judge({ holds: [2, 3] }), judge({ holds: [2] })]).toEqual([0, 1])
    expect([judge({ holds: [2, 3], conversation: 'ann/1', turn: 2 })]).toEqual([0])
    expect([judge({ holds: [2, 3], conversation: 'ann/1', turn: 3 })]).toEqual([1])
  })

  test('and two that are both gone on with', () => {
    expect([beside(next(4, 2), next(5, 3)), beside(next(4, 2), next(5, 2))]).toEqual([0, 1])
  })

  test('what stands in one history behind the other was no branch', () => {
    const four = [...two, turn(4, 4_000)]
    const then = (of: object) => finds('conversations', story(...four, next(5, 3, of))).length
    expect([then({}), then({ turn: 4 }), then({ turn: 4, continues: 9 })]).toEqual([0, 1, 0])
  })

  test('the question that is open longest counts, and times that are not exact are given some room', () => {
    const long = turn(2, 2_000, { to: 30_000 })
    const same = turn(4, 3_000, { prompt: 2 })
    const third = (from: number, slackMs = 0) =>
      finds('conversations', story(hello, long, same, turn(3, from)), {}, slackMs).length
    expect([third(30_000), third(29_960), third(29_960, 39), third(29_960, 40)]).toEqual([0, 1, 1, 0])
  })

  test('of one conversation the first is told', () => {
    const later = [turn(6, 60_000, { continues: 4, turn: 3 }), turn(7, 61_000, { continues: 4, turn: 3 })]
    expect(beside(next(4, 3), ...later)).toBe(1)
    const other = { conversation: 'ann/2' }
    expect(beside(turn(4, 60_000, { continues: 9, ...other }), turn(5, 61_000, { continues: 9, ...other }))).toBe(2)
  })
})

describe('trace', () => {
  test('a gather that goes on was begun', () => {
    const ended: EventBody = { type: 'gather.ended', gather: 7, received: [], missing: [] }
    expect(finds('trace', story(event(0, ended)))).toEqual(['the gather 7 has gone on and was never begun'])
    expect(finds('trace', story(gather(7, { from: 0, to: 1, expected: [] })))).toEqual([])
  })

  test('a call that ends has arrived, and ends once', () => {
    const [, ended] = call(1, { from: 0, to: 1_000 })
    expect(finds('trace', story([ended!]))).toEqual(['call 1 has ended and never arrived'])
    expect(finds('trace', story(call(1, { from: 0, to: 1_000 }), [ended!]))).toEqual(['call 1 has ended twice'])
  })
})
