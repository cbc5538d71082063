import { describe, expect, test } from 'vitest'
import { KeyedRandom } from '../../../src/random/index.ts'
import { CHECKS, findViolations } from '../../../src/checks/index.ts'
import { call, event, finds, gather, partsOf, story, tries } from '../../given/story.ts'

const same = { request: 'same' }
const MANY = [
  expect.stringMatching(/^ann sent the same request to openai more than 8 times: \d+ in all, in [\dms. ]+$/) as string,
]

describe('amplification', () => {
  test('eight tries of one request are fine, and nine are told once', () => {
    expect(finds('amplification', story(tries(8, 2_000)))).toEqual([])
    expect(finds('amplification', story(tries(9, 2_000)))).toEqual(MANY)
    expect(finds('amplification', story(tries(12, 2_000)))).toEqual([
      'ann sent the same request to openai more than 8 times: 12 in all, in 33s',
    ])
    expect(finds('amplification', story(tries(9, 2_000)), { attempts: 9 })).toEqual([])
  })

  test('a client that counts its tries itself is believed', () => {
    expect(finds('amplification', story(call(1, { from: 0, to: 1, attempt: 9 })))).toEqual(MANY)
  })

  test('three calls for each of twenty requests are fine, and more are not', () => {
    const all = (requests: number, more: number) =>
      story(
        Array.from({ length: requests }, (_, nth) =>
          tries(3, 2_000, { request: `${nth}` }, nth * 10_000, nth * 3 + 1),
        ).flat(),
        more > 0 ? call(1_000, { from: 0, to: 1, attempt: 2 }) : [],
      )
    expect(finds('amplification', all(20, 0))).toEqual([])
    const layer = ', by one layer of retries with up to 3 attempts of each'
    expect(finds('amplification', all(20, 1))).toEqual([`20 requests led to 61 calls, 3.0 per request${layer}`])
    expect(finds('amplification', all(19, 1))).toEqual([])
    expect(finds('amplification', all(20, 0), { factor: 2 })).toEqual([
      `20 requests led to 60 calls, 3.0 per request${layer}`,
    ])
  })

  test('half a minute of rest begins anew, and less does not', () => {
    expect(finds('amplification', story(tries(9, 30_000)))).toEqual([])
    expect(finds('amplification', story(tries(9, 29_999)))).toEqual(MANY)
  })

  /** Tries of one request, after these pauses. Seconds. */
  const paused = (pauses: readonly number[], { agent = 'ann', first = 1, isAnswered = false } = {}) => {
    let at = 0
    return [0, ...pauses].map((pause, nth) => {
      const from = at + pause * 1_000
      at = from + 1_000
      return call(first + nth, {
        agent,
        request: 'same',
        ...(!(isAnswered && nth === pauses.length) && { fault: 'overloaded' }),
        from,
        to: at,
        attempt: nth + 1,
        ...(nth > 0 && { retryOf: first + nth - 1 }),
      })
    })
  }
  /** The pauses of LangChain's AsyncCaller: each is randomized by a factor from 1 to 2. */
  const asyncCaller = (nth = 0) =>
    [1, 2, 4, 8, 16, 32].map((pause, step) => pause * (1 + ((nth * 37 + step * 53) % 90) / 100))

  test('a backoff that begins again within another one goes on over the pauses to which it has grown', () => {
    expect(finds('amplification', story(...paused(asyncCaller())))).toEqual([])
    expect(finds('amplification', story(...paused([...asyncCaller(), 3.3, ...asyncCaller(1)])))).toEqual(MANY)
    expect(
      finds('amplification', story(...paused([...asyncCaller(), 3.3, ...asyncCaller(1)])), { attempts: 14 }),
    ).toEqual([])
    const withoutJitter = [1, 2, 4, 8, 16, 32, 3]
    expect(finds('amplification', story(...paused([...withoutJitter, ...withoutJitter, ...withoutJitter])))).toEqual(
      MANY,
    )
  })

  test('one backoff that has grown to a minute survives a long outage', () => {
    const capped = [1, 2, 4, 8, 16, 32, ...Array.from({ length: 50 }, (_, nth) => 50 + (nth % 7) * 3)]
    expect(finds('amplification', story(...paused(capped)))).toEqual([])
    // Full jitter of a bound of a minute.
    const jitter = [0.4, 1.9, 0.7, 6, 11, 31, 48, 9, 52, 3, 39, 58, 21, 44, 17, 35, 50]
    expect(finds('amplification', story(...paused(jitter)))).toEqual([])
  })

  test('a poll of a client with such a backoff begins anew each time', () => {
    const every = (rest: (nth: number) => number) =>
      Array.from({ length: 6 }, (_, nth) => [...(nth === 0 ? [] : [rest(nth)]), ...asyncCaller(nth)]).flat()
    expect(finds('amplification', story(...paused(every(() => 60))))).toEqual([])
    expect(finds('amplification', story(...paused(every(() => 300))))).toEqual([])
    expect(finds('amplification', story(...paused(every((nth) => 5 + nth))))).toEqual(MANY)
  })

  test('the calls of one request are counted as one, over its pauses', () => {
    const many = Array.from({ length: 20 }, (_, nth) =>
      paused([...asyncCaller(), 3.3, ...asyncCaller(1)], { agent: `w${nth}`, first: nth * 100 + 1 }),
    ).flat()
    expect(finds('amplification', story(...many), { attempts: 14 })).toEqual([
      '20 requests led to 280 calls, 14.0 per request',
    ])
  })

  test('an outage that many survive with few tries each of one backoff is no storm', () => {
    const all = (pauses: readonly number[], of: (nth: number) => number = () => 0) =>
      finds(
        'amplification',
        story(
          ...Array.from({ length: 40 }, (_, nth) =>
            paused(pauses, { agent: `w${nth}`, first: nth * 10 + 1 }).map((parts) =>
              parts.map(([at, body]) => [at + of(nth), body] as const),
            ),
          ).flat(),
        ),
      )
    expect(all([1, 1, 1])).toEqual([])
    expect(all([0.5, 1, 2])).toEqual([])
    // Two layers, and requests one after another.
    expect(all([0.5, 1, 2, 0.5, 1])).toEqual(['40 requests led to 240 calls, 6.0 per request'])
    expect(all([1, 1, 1], (nth) => nth * 1_000)).toEqual([
      '40 requests led to 160 calls, 4.0 per request, by one layer of retries with up to 4 attempts of each',
    ])
  })

  /** Requests one after another, each tried after these pauses and given up. Seconds. */
  const oneAfterAnother = (pausesOfRequest: (nth: number) => readonly number[]) =>
    story(
      ...Array.from({ length: 25 }, (_, nth) =>
        paused(pausesOfRequest(nth), { agent: `w${nth}`, first: nth * 100 + 1 }).map((parts) =>
          parts.map(([at, body]) => [at + nth * 200_000, body] as const),
        ),
      ).flat(),
    )

  test('one layer whose pauses grow, or are those that the service names, is bounded by its attempts alone', () => {
    const random = new KeyedRandom(1)
    const byPRetry = (nth: number) => [1, 2, 4, 8, 16].map((s, step) => s * (1 + random.draw(`${nth}`, step)))
    expect(finds('amplification', oneAfterAnother(byPRetry))).toEqual([])
    const told = story(
      ...Array.from({ length: 25 }, (_, nth) =>
        tries(6, 1_000, { fault: 'overloaded', retryAfterMs: 1_000, agent: `w${nth}` }, nth * 60_000, nth * 10 + 1),
      ),
    )
    expect(finds('amplification', told)).toEqual([])
    const byFullJitter = (bounds: readonly number[]) => (nth: number) =>
      bounds.map((bound, step) => bound * random.draw(`${nth}`, step))
    expect(finds('amplification', oneAfterAnother(byFullJitter([1, 2, 4, 8, 16])))).toEqual([])
    expect(finds('amplification', oneAfterAnother(byFullJitter([1, 2, 4, 8])))).toEqual([
      '25 requests led to 125 calls, 5.0 per request, by one layer of retries with up to 5 attempts of each',
    ])
    const twoLayers = [0.5, 1, 3, 0.5, 1]
    expect(
      finds(
        'amplification',
        oneAfterAnother(() => twoLayers),
      ),
    ).toEqual(['25 requests led to 150 calls, 6.0 per request'])
  })

  test('what waits for longer than it was told, and then as told again, is two layers', () => {
    const waits = (pauses: readonly number[]) =>
      story(
        ...Array.from({ length: 25 }, (_, nth) =>
          paused(pauses, { agent: `w${nth}`, first: nth * 100 + 1 }).map((parts) =>
            parts.map(
              ([at, body]) =>
                [at + nth * 200_000, body.type === 'call.failed' ? { ...body, retryAfterMs: 1_000 } : body] as const,
            ),
          ),
        ).flat(),
      )
    const told = (pauses: readonly number[]) =>
      findViolations(waits(pauses)).filter(({ check }) => check === 'amplification')
    expect(told([1, 1, 1.5, 1, 1])).toMatchObject([{ advice: CHECKS.amplification.advice }])
    expect(told([1, 1, 1, 1, 1])).toEqual([])
    // Who does not heed it has pauses of its own.
    expect(told([1, 2, 4, 8, 16])).toEqual([])
    expect(told([2, 2, 2, 2, 2])).toMatchObject([
      { advice: expect.stringMatching(/^These retries are one layer/) as string },
    ])
  })

  test('what is told of one layer speaks of no other, names the setting to raise, and stands within the run', () => {
    const ofOne = [
      findViolations(oneAfterAnother(() => [1, 1, 1, 1])).find(({ check }) => check === 'amplification')!,
      findViolations(story(tries(9, 2_000)))[0]!,
    ]
    for (const { why, advice } of ofOne) expect(why + advice).not.toMatch(/nest|maxRetries/i)
    expect(ofOne.map(({ tune }) => tune)).toEqual([{ factor: 5 }, { attempts: 9 }])
    expect(ofOne[0]).toMatchObject({ at: 24 * 200_000 + 8_000, calls: [1, 2, 3, 4, 5] })
    const ofTwo = findViolations(oneAfterAnother(() => [0.5, 1, 3, 0.5, 1, 6, 0.5, 1])).map(({ advice }) => advice)
    expect(ofTwo).toContain(CHECKS.amplification.advice)
  })

  test('full jitter that has grown to a minute may be drawn short many times in an outage, and a loop may not', () => {
    const random = new KeyedRandom(7)
    const jitter = (bound: number) => (nth: number) =>
      Array.from({ length: 24 }, (_, step) => 0.5 + Math.min(bound, 2 ** step) * random.draw(`${nth}`, step))
    expect(finds('amplification', oneAfterAnother(jitter(60)))).toEqual([])
    expect(finds('amplification', oneAfterAnother(jitter(15))).length).toBeGreaterThan(0)
    expect(finds('amplification', story(...paused([...Array.from({ length: 20 }, () => 1), 600])))).toEqual(MANY)
  })

  test('so is one that is survived by pauses that are drawn from 0, as by full jitter; layers of it are a storm', () => {
    const all = (bounds: readonly number[], isAnswered = true) => {
      const random = new KeyedRandom(1)
      const pausesOf = (agent: number) => bounds.map((bound, nth) => bound * random.draw(`${agent}`, nth))
      const requests = Array.from({ length: 25 }, (_, nth) =>
        paused(pausesOf(nth), { agent: `w${nth}`, first: nth * 10 + 1, isAnswered }),
      )
      return finds('amplification', story(...requests.flat()))
    }
    expect(all([1, 2, 4, 8])).toEqual([])
    expect(all([2, 4, 20, 20, 20])).toEqual([])
    expect(all([1, 2, 8, 1, 2])).toEqual(['25 requests led to 150 calls, 6.0 per request'])
    expect(all([1, 2, 4, 8], false)).toEqual([
      '25 requests led to 125 calls, 5.0 per request, by one layer of retries with up to 5 attempts of each',
    ])
  })

  test('who begins anew has eight tries again', () => {
    const linked = (count: number) =>
      tries(count, 2_000, {}, 60_000, 2).map(([at, body]) =>
        body.type === 'call.arrived' ? ([at, { ...body, attempt: body.attempt + 1 }] as const) : ([at, body] as const),
      )
    const first = [tries(1, 0), event(60_000, { type: 'call.retried', call: 2, of: 1, afterMs: 59_000 })]
    expect(finds('amplification', story(...linked(8).map((part) => [part]), ...first))).toEqual([])
    expect(finds('amplification', story(...linked(9).map((part) => [part]), ...first))).toEqual(MANY)
  })

  test('to wait for what the service has named is no rest', () => {
    const told = { fault: 'rate_limited', retryAfterMs: 20_000 }
    expect(finds('amplification', story(tries(9, 49_999, told)))).toEqual(MANY)
    expect(finds('amplification', story(tries(9, 50_000, told)))).toEqual([])
  })

  test.for([
    ['a restart of the run', event(10_500, { type: 'run.resumed', run: 'a', uncertain: 0 })],
    ['a restart of the agent', event(10_500, { type: 'agent.restarted', agent: 'ann', restarts: 1 })],
    ['an agent that is spawned anew', event(10_500, { type: 'agent.spawned', agent: 'ann' })],
    ['another run', event(10_500, { type: 'run.started', name: 'a', seed: 1, vars: {} })],
    ['another gather', gather(1, { from: 10_500, to: 60_000, expected: ['ann', 'ben'] })],
  ] as const)('%s begins anew', ([, between]) => {
    expect(finds('amplification', story(tries(9, 2_000)))).toEqual(MANY)
    expect(finds('amplification', story(tries(9, 2_000), between))).toEqual([])
  })

  test('what happens before the first of two tries, or with the second, is not between them', () => {
    const resumed = (seq: 'before' | 'after') => {
      const events = partsOf(story(tries(9, 2_000)))
      const at = event(12_000, { type: 'run.resumed', run: 'a', uncertain: 0 })
      // The fifth try arrives at 12 s.
      return seq === 'before' ? story(at, events) : story(events, at)
    }
    expect(finds('amplification', resumed('before'))).toEqual([])
    expect(finds('amplification', resumed('after'))).toEqual([])
    const first = event(0, { type: 'run.resumed', run: 'a', uncertain: 0 })
    expect(finds('amplification', story(first, tries(9, 2_000)))).toEqual(MANY)
    const last = event(24_000, { type: 'run.resumed', run: 'a', uncertain: 0 })
    expect(finds('amplification', story(tries(9, 2_000), last))).toEqual(MANY)
    const withIt = event(0, { type: 'run.resumed', run: 'a', uncertain: 0 })
    expect(finds('amplification', story(tries(10, 2_000), withIt))).toEqual(MANY)
  })

  test.for([
    ['a restart of another agent', event(10_500, { type: 'agent.restarted', agent: 'ben', restarts: 1 })],
    ['another agent that is spawned', event(10_500, { type: 'agent.spawned', agent: 'ben' })],
    ['a gather of others', gather(1, { from: 10_500, to: 60_000, expected: ['ben'] })],
  ] as const)('%s does not', ([, between]) => {
    expect(finds('amplification', story(tries(9, 2_000), between))).toEqual(MANY)
  })

  test('a call that is known to belong to another run begins anew', () => {
    const runs = event(0, { type: 'run.started', name: 'a', seed: 1, vars: {} })
    const [early, late] = [tries(5, 2_000, { run: 0 }), tries(5, 2_000, { run: 7 }, 15_000, 6)]
    const linked = late.map(([at, body]) =>
      body.type === 'call.arrived' && body.call === 6
        ? ([at, { ...body, attempt: 6 }] as const)
        : ([at, body] as const),
    )
    const retried = event(15_000, { type: 'call.retried', call: 6, of: 5, afterMs: 0 })
    expect(finds('amplification', story(runs, early, linked, retried))).toEqual([])
    const sameRun = linked.map(([at, body]) => [at, body.type === 'call.arrived' ? { ...body, run: 0 } : body] as const)
    expect(finds('amplification', story(runs, early, sameRun, retried))).toEqual(MANY)
    // Of one that is not known only a run that begins in between tells.
    const unknown = linked.map(
      ([at, body]) => [at, body.type === 'call.arrived' ? Object.assign({}, body, { run: undefined }) : body] as const,
    )
    expect(finds('amplification', story(runs, early, unknown, retried))).toEqual(MANY)
    const between = event(14_500, { type: 'run.started', name: 'b', seed: 1, vars: {} })
    expect(finds('amplification', story(runs, early, unknown, retried, between))).toEqual([])
    expect(finds('amplification', story(runs, early, sameRun, retried, between))).toEqual(MANY)
  })

  test('a call that was given up as another was answered is tried by nobody', () => {
    const gone = { fault: 'disconnected' }
    const winners = Array.from({ length: 9 }, (_, nth) =>
      call(100 + nth, { from: nth * 3_000, to: nth * 3_000 + 1_000 }),
    )
    expect(finds('amplification', story(tries(9, 2_000, gone)))).toEqual(MANY)
    expect(finds('amplification', story(tries(9, 2_000, gone), ...winners))).toEqual([])
    const others = Array.from({ length: 9 }, (_, nth) =>
      call(100 + nth, { from: nth * 3_000, to: nth * 3_000 + 1_001 }),
    )
    expect(finds('amplification', story(tries(9, 2_000, gone), ...others))).toEqual(MANY)
    expect(finds('amplification', story(tries(9, 2_000), ...winners))).toEqual(MANY)
    // One that was answered long before, and is asked for first.
    const early = call(99, { from: -5_000, to: 26_000 })
    expect(finds('amplification', story(early, tries(9, 2_000, gone), ...winners))).toEqual([])
    expect(finds('amplification', story(tries(9, 2_000, gone), ...others), {}, 1)).toEqual([])
    const sooner = Array.from({ length: 9 }, (_, nth) => call(100 + nth, { from: nth * 3_000, to: nth * 3_000 + 999 }))
    expect(finds('amplification', story(tries(9, 2_000, gone), ...sooner))).toEqual(MANY)
    expect(finds('amplification', story(tries(9, 2_000, gone), ...sooner), {}, 1)).toEqual([])
  })

  test('who asks again at its own pace polls, counted from the answer or from the question', () => {
    const poll = (...numbers: number[]) =>
      numbers.map((at, nth) => call(100 + nth, { ...same, from: at - 100_000, to: at - 100_000 + 500 }))
    // Every 3 s from question to question; the failures take 1 s.
    expect(finds('amplification', story(...poll(0, 3_000, 6_000), tries(9, 2_000)))).toEqual([])
    const later = tries(9, 2_000, {}, 7_000)
    expect(finds('amplification', story(...poll(0, 3_000, 6_000), later))).toEqual([])
    // 2 s after the answer, which takes half a second.
    expect(finds('amplification', story(...poll(0, 2_500, 5_000), tries(9, 2_000)))).toEqual([])
    // Half of the times are enough, less are not.
    expect(finds('amplification', story(...poll(0, 3_000), tries(9, 2_000)))).toEqual([])
    expect(finds('amplification', story(...poll(0, 3_000, 4_100), tries(9, 2_000)))).toEqual(MANY)
    expect(finds('amplification', story(...poll(0, 8_000), tries(9, 2_000)))).toEqual(MANY)
  })

  test('a pace of less than a second is none', () => {
    const poll = (gap: number) => [
      call(100, { ...same, from: -8_500, to: -8_000 }),
      call(101, { ...same, from: -8_000 + gap, to: -7_500 + gap }),
    ]
    expect(finds('amplification', story(...poll(1_000), tries(9, 1_000)))).toEqual([])
    expect(finds('amplification', story(...poll(999), tries(9, 999)))).toEqual(MANY)
  })
})
