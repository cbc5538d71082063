import { describe, expect, test } from 'vitest'
import { Retries, type ResolvedRetrySettings } from '../../../../src/orchestrator/questions/retries.ts'
import { RetryBudget } from '../../../../src/orchestrator/questions/retry-budget.ts'
import { HandTime } from '../../../given/hand-time.ts'
import { failure, fated, open, question, Told, type Fate } from '../../../given/ask.ts'

const LIMITS: ResolvedRetrySettings = { attempts: 3, firstDelayMs: 1_000, factor: 2, maxDelayMs: 10_000 }

function retrying(fates: readonly Fate[], { limits = LIMITS, draw = 0.5, retryBudget = 10, before = {} } = {}) {
  const time = new HandTime()
  const trace = new Told()
  const budget = new RetryBudget({ retryBudget })
  const retries = new Retries(limits, { budget, trace, time, random: () => draw, before })
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
})
