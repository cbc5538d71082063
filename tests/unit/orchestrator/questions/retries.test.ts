import { describe, expect, test } from 'vitest'
import { Retries, type ResolvedRetrySettings } from '../../../../src/orchestrator/questions/retries.ts'
import { RetryBudget } from '../../../../src/orchestrator/questions/retry-budget.ts'
import { HandTime } from '../../../given/hand-time.ts'
import { failure, fated, open, question, Told, type Fate } from '../../../given/ask.ts'

const LIMITS: ResolvedRetrySettings = { attempts: 3, firstDelayMs: 1_000, factor: 2, maxDelayMs: 10_000 }

function retrying(
  fates: readonly Fate[],
  { limits = LIMITS, draw = 0.5, retryBudget = 10, before = {}, canGoElsewhere = false } = {},
) {
  const time = new HandTime()
  const trace = new Told()
  const budget = new RetryBudget({ retryBudget })
  const retries = new Retries(limits, { budget, trace, time, random: () => draw, before, canGoElsewhere })
  const service = fated(time, fates)
  return { time, trace, budget, retries, service, ask: retries.retrying(service) }
}

describe('retries', () => {
  test('ask again after a pause by chance, which grows', async () => {
    const { time, ask, service, trace } = retrying([{ ends: failure('server_error') }])
    const asked = ask(question(), open())
    asked.catch(() => {})
    await time.pass(499)
    expect(service.asked).toHaveLength(1)
    await time.pass(1)
    expect(service.asked).toHaveLength(2)
    await time.pass(999)
    expect(service.asked).toHaveLength(2)
    await time.pass(1)
    expect(service.asked).toHaveLength(3)
    await expect(asked).rejects.toThrow('It is server_error.')
    expect(trace.of('attempt.failed').map(({ retryInMs }) => retryInMs)).toEqual([500, 1_000, null])
  })

  test('wait for as long as the service says', async () => {
    const { time, ask, service } = retrying([{ ends: failure('rate_limited', { retryAfterMs: 7_000 }) }, {}])
    const asked = ask(question(), open())
    await time.pass(6_999)
    expect(service.asked).toHaveLength(1)
    await time.pass(1)
    expect((await asked).text).toBe('Yes.')
  })

  test('do not repeat what cannot pass, and the trace says what was refused', async () => {
    const { time, ask, service, trace } = retrying([{ ends: failure('refused_request') }])
    const asked = ask(question(), open())
    asked.catch(() => {})
    await time.pass(60_000)
    await expect(asked).rejects.toThrow('refused_request')
    expect(service.asked).toHaveLength(1)
    expect(trace.of('attempt.failed')).toMatchObject([{ kind: 'refused_request', retryInMs: null }])
  })

  test('end with the caller, in a pause too, and tell who follows the question of each', async () => {
    const { time, ask, service } = retrying([{ ends: failure('overloaded', { retryAfterMs: 60_000 }) }])
    const caller = new AbortController()
    const told: string[] = []
    const following = {
      pauses: () => {
        told.push('pauses')
        return () => void told.push('goes on')
      },
      failed: ({ kind }: { kind: string }) => void told.push(kind),
    }
    const asked = ask(question({ following }), caller.signal)
    asked.catch(() => {})
    await time.pass(5_000)
    caller.abort(failure('deadline'))
    await expect(asked).rejects.toThrow('deadline')
    expect(service.asked).toHaveLength(1)
    expect(told).toEqual(['overloaded', 'pauses', 'goes on'])
  })

  test('stop where the budget of retries is spent', async () => {
    const { time, ask, service, budget } = retrying([{ ends: failure('server_error') }], { retryBudget: 0 })
    for (let nth = 0; nth < 20; nth++) budget.retry()
    const asked = ask(question(), open())
    asked.catch(() => {})
    await time.pass(60_000)
    await expect(asked).rejects.toThrow()
    expect(service.asked).toHaveLength(1)
  })

  test('go on after a restart with the tries and the pause that were left', async () => {
    const first = retrying([{ ends: failure('server_error') }])
    const asked = first.ask(question({ key: 'run/1/ann' }), open())
    asked.catch(() => {})
    await first.time.pass(0)
    const before = first.retries.save()
    expect(before).toMatchObject({ 'run/1/ann openai/mini': { attempt: 2, nextAt: 500 } })
    const second = retrying([{}], { before })
    const again = second.ask(question({ key: 'run/1/ann' }), open())
    await second.time.pass(499)
    expect(second.service.asked).toHaveLength(0)
    await second.time.pass(1)
    expect((await again).text).toBe('Yes.')
    second.retries.forget('run/1/')
    expect(second.retries.save()).toEqual({})
  })

  test('tell of each failed try, of who waits for which, and of whose question is to be kept', async () => {
    const { time, ask, retries, trace, budget } = retrying([{ ms: 100, ends: failure('server_error') }, { ms: 100 }])
    let kept = 0
    retries.onRetry(() => (kept += 1))
    const asked = ask(question({ key: 'run/1/ann' }), open())
    await time.pass(100)
    expect([...retries.waiting]).toEqual([
      { agent: 'ann', target: 'openai/mini', attempt: 2, lastError: 'It is server_error.', nextAt: 600 },
    ])
    expect(retries.save()).toEqual({
      'run/1/ann openai/mini': { attempt: 2, kind: 'server_error', message: 'It is server_error.', nextAt: 600 },
    })
    expect(kept).toBe(1)
    await time.pass(10_000)
    expect((await asked).text).toBe('Yes.')
    expect([...retries.waiting]).toEqual([])
    expect(kept).toBe(1)
    expect(budget.tries).toEqual({ requests: 0, retries: 1 })
    expect(trace.events).toEqual([
      {
        type: 'attempt.failed',
        agent: 'ann',
        target: 'openai/mini',
        attempt: 1,
        kind: 'server_error',
        message: 'It is server_error.',
        retryInMs: 500,
      },
    ])
  })

  test('keep nothing of a question without a key, nor of one that no try helps', async () => {
    const { time, ask, retries } = retrying([{ ends: failure('server_error') }])
    ask(question(), open()).catch(() => {})
    await time.pass(0)
    expect(retries.save()).toEqual({})
    const refused = retrying([{ ends: failure('refused_request') }])
    refused.retries.onRetry(() => expect.unreachable())
    refused.ask(question({ key: 'run/1/ann' }), open()).catch(() => {})
    await refused.time.pass(60_000)
    expect(refused.retries.save()).toEqual({})
  })

  test('keep that all tries were used up: after a restart the question fails at once', async () => {
    const first = retrying([{ ends: failure('server_error') }])
    const asked = first.ask(question({ key: 'run/1/ann' }), open())
    asked.catch(() => {})
    await first.time.pass(60_000)
    await expect(asked).rejects.toThrow('It is server_error.')
    const before = first.retries.save()
    expect(before).toMatchObject({ 'run/1/ann openai/mini': { attempt: 4, nextAt: 1_500 } })
    const second = retrying([{}], { before })
    await expect(second.ask(question({ key: 'run/1/ann' }), open())).rejects.toMatchObject({
      kind: 'server_error',
      message: 'It is server_error.',
    })
    expect(second.service.asked).toEqual([])
    expect(second.retries.save()).toEqual(before)
  })

  test('go on after a restart with the last try, and then have no other', async () => {
    const before = {
      'run/1/ann openai/mini': { attempt: 3, kind: 'server_error', message: 'It failed.', nextAt: 0 },
      'run/1/ben openai/mini': { attempt: 2, kind: 'server_error', message: 'It failed.', nextAt: 0 },
      'run/2/ann openai/mini': { attempt: 2, kind: 'server_error', message: 'It failed.', nextAt: 0 },
    } as const
    const { time, ask, service, retries, trace } = retrying([{ ends: failure('server_error') }], { before })
    const asked = ask(question({ key: 'run/1/ann' }), open())
    asked.catch(() => {})
    await time.pass(60_000)
    await expect(asked).rejects.toThrow('It is server_error.')
    expect(service.asked).toHaveLength(1)
    expect(trace.of('attempt.failed')).toMatchObject([{ attempt: 3, retryInMs: null }])
    expect(Object.keys(retries.save()).toSorted()).toEqual(Object.keys(before))
    retries.forget('run/1/')
    expect(Object.keys(retries.save())).toEqual(['run/2/ann openai/mini'])
  })

  test('tell who follows the question of the pause after a restart', async () => {
    const before = { 'run/1/ann openai/mini': { attempt: 2, kind: 'server_error', message: '', nextAt: 500 } }
    const { time, ask } = retrying([{}], { before })
    const told: string[] = []
    const following = {
      pauses: () => {
        told.push(`pauses at ${time.now()}`)
        return () => void told.push(`goes on at ${time.now()}`)
      },
      failed: () => {},
    }
    void ask(question({ key: 'run/1/ann', following }), open())
    await time.pass(1_000)
    expect(told).toEqual(['pauses at 0', 'goes on at 500'])
  })

  test.for([
    // Longer than it would wait of itself, while another may be asked.
    [true, 10_001, null],
    [true, 10_000, 10_000],
    [false, 10_001, 10_001],
    // The longer one of the two.
    [true, 499, 500],
    [true, 501, 501],
  ] as const)(
    'where another may be asked: %s, after %i ms at the service, wait %s',
    async ([canGoElsewhere, ms, waits]) => {
      const fates = [{ ends: failure('rate_limited', { retryAfterMs: ms }) }]
      const { time, ask, trace } = retrying(fates, { canGoElsewhere })
      ask(question(), open()).catch(() => {})
      await time.pass(0)
      expect(trace.of('attempt.failed').map(({ retryInMs }) => retryInMs)).toEqual([waits])
    },
  )

  test('wait no longer than the longest pause', async () => {
    const limits = { ...LIMITS, attempts: 6, maxDelayMs: 3_000 }
    const { time, ask, trace } = retrying([{ ends: failure('server_error') }], { limits, draw: 0.9999 })
    ask(question(), open()).catch(() => {})
    await time.pass(60_000)
    expect(trace.of('attempt.failed').map(({ retryInMs }) => retryInMs)).toEqual([
      1_000,
      2_000,
      3_000,
      3_000,
      3_000,
      null,
    ])
  })

  test.for([
    ['breaker_open', {}, 0],
    ['budget', {}, 0],
    ['rate_limited', { unmade: true }, 0],
    ['refused_request', {}, 1],
  ] as const)('that fail by %s %j are %i failed attempts in the trace', async ([kind, more, count]) => {
    const { time, ask, trace } = retrying([{ ends: failure(kind, more) }], { limits: { ...LIMITS, attempts: 1 } })
    ask(question(), open()).catch(() => {})
    await time.pass(60_000)
    expect(trace.events).toHaveLength(count)
  })

  test('pass on at once what is no failure of a call', async () => {
    const { time, ask, service, trace } = retrying([{ ends: new TypeError('Not a text.') }])
    const asked = ask(question(), open())
    asked.catch(() => {})
    await time.pass(60_000)
    await expect(asked).rejects.toThrow(TypeError)
    expect(service.asked).toHaveLength(1)
    expect(trace.events).toEqual([])
  })
})
