import { describe, expect, test } from 'vitest'
import { saysSomething } from '../../../../src/orchestrator/questions/asked-service.ts'
import { cheaperWhenTight } from '../../../../src/orchestrator/questions/cheaper.ts'
import { failingOver } from '../../../../src/orchestrator/questions/failover.ts'
import { hedged } from '../../../../src/orchestrator/questions/hedging.ts'
import { priced } from '../../../../src/orchestrator/questions/priced.ts'
import { RetryBudget } from '../../../../src/orchestrator/questions/retry-budget.ts'
import { Statistics } from '../../../../src/orchestrator/questions/statistics.ts'
import { timeLimited } from '../../../../src/orchestrator/questions/time-limit.ts'
import { HandTime } from '../../../given/hand-time.ts'
import { failure, fated, open, question, target, Told, type Fate } from '../../../given/ask.ts'

describe('hedging', () => {
  const hedge = (fates: readonly Fate[]) => {
    const time = new HandTime()
    const trace = new Told()
    const service = fated(time, fates)
    return { time, trace, service, ask: hedged({ hedgeAfterMs: 1_000 }, { trace, time })(service) }
  }

  test('asks a second time when no answer comes, takes the first one, and ends the other', async () => {
    const { time, trace, service, ask } = hedge([{ ms: 60_000 }, { ms: 500, ends: { text: 'Quick.' } }])
    const asked = ask(question(), open())
    await time.pass(1_500)
    expect((await asked).text).toBe('Quick.')
    expect(service.asked).toHaveLength(2)
    expect(trace.of('call.hedged')).toHaveLength(1)
  })

  test('does not, where the answer is in time', async () => {
    const { time, service, ask } = hedge([{ ms: 900 }])
    const asked = ask(question(), open())
    await time.pass(5_000)
    expect((await asked).text).toBe('Yes.')
    expect(service.asked).toHaveLength(1)
  })

  test('does not wait for a second one, where the first fails before', async () => {
    const { time, service, ask } = hedge([{ ms: 100, ends: failure('server_error') }])
    const asked = ask(question(), open())
    asked.catch(() => {})
    await time.pass(100)
    await expect(asked).rejects.toThrow('server_error')
    await time.pass(5_000)
    expect(service.asked).toHaveLength(1)
  })

  test('fails with the failure of the first, where both fail', async () => {
    const { time, ask } = hedge([
      { ms: 2_000, ends: failure('server_error') },
      { ms: 500, ends: failure('overloaded') },
    ])
    const asked = ask(question(), open())
    asked.catch(() => {})
    await time.pass(5_000)
    await expect(asked).rejects.toThrow('server_error')
  })
})

describe('the time limit of a call', () => {
  test('is a failure of the call, and the end of the caller is one of its own', async () => {
    const time = new HandTime()
    const ask = timeLimited({ callTimeoutMs: 1_000 }, time)(fated(time, [{ ms: 5_000 }]))
    const slow = ask(question(), open())
    slow.catch(() => {})
    await time.pass(1_000)
    await expect(slow).rejects.toMatchObject({ kind: 'timeout', mayBeBilled: true })
    const caller = new AbortController()
    const given = ask(question(), caller.signal)
    given.catch(() => {})
    caller.abort(failure('cancelled'))
    await expect(given).rejects.toMatchObject({ kind: 'cancelled' })
  })
})

describe('failover', () => {
  const over = (fates: readonly Fate[], { opensIn = (): number => 0 } = {}) => {
    const time = new HandTime()
    const trace = new Told()
    const service = fated(time, fates)
    const others = [target('mini'), target('haiku', 'anthropic')]
    return { time, trace, service, ask: failingOver({ others, rounds: 3, opensIn, trace, time })(service) }
  }

  test('asks the next model when one fails for good, and no model twice', async () => {
    const { time, trace, service, ask } = over([{ ends: failure('server_error') }, {}])
    const asked = ask(question(), open())
    await time.pass(0)
    expect((await asked).target).toBe('anthropic/haiku')
    expect(service.asked.map(({ target: { model } }) => model)).toEqual(['mini', 'haiku'])
    expect(trace.of('model.replaced')).toMatchObject([{ model: 'anthropic/haiku', reason: 'server_error' }])
  })

  test('asks elsewhere where the account has no access', async () => {
    const refused = failure('refused_request', { status: 401, noAccess: { forMs: undefined } })
    const { time, service, ask } = over([{ ends: refused }, {}])
    const asked = ask(question(), open())
    await time.pass(0)
    expect((await asked).target).toBe('anthropic/haiku')
    expect(service.asked).toHaveLength(2)
  })

  test.for(['refused_request', 'budget'] as const)('does not for %s: elsewhere it is no other', async (kind) => {
    const { time, service, ask } = over([{ ends: failure(kind) }])
    const asked = ask(question(), open())
    asked.catch(() => {})
    await time.pass(0)
    await expect(asked).rejects.toThrow(kind)
    expect(service.asked).toHaveLength(1)
  })

  test('waits where all breakers are open, and the caller’s end is the end of that', async () => {
    const { time, service, ask } = over([{ ends: failure('breaker_open') }], { opensIn: () => 5_000 })
    const caller = new AbortController()
    const asked = ask(question(), caller.signal)
    asked.catch(() => {})
    await time.pass(4_999)
    expect(service.asked).toHaveLength(2)
    await time.pass(1)
    expect(service.asked).toHaveLength(4)
    caller.abort(failure('deadline'))
    await expect(asked).rejects.toThrow('deadline')
  })
})

describe('a cheaper model', () => {
  const cheaper = (model: string, isTight: boolean) => {
    const time = new HandTime()
    const trace = new Told()
    const service = fated(time, [{}])
    return { time, trace, service, ask: cheaperWhenTight(target(model), { isTight: () => isTight, trace })(service) }
  }

  test.for([
    ['nano', true, 'nano', 1],
    ['nano', false, 'mini', 0],
    // The same as the agent's own: nothing is replaced, and nothing says so.
    ['mini', true, 'mini', 0],
  ] as const)('%s, money tight: %s, asks %s, and %i event says so', async ([model, isTight, asked, events]) => {
    const { time, trace, service, ask } = cheaper(model, isTight)
    const answered = ask(question(), open())
    await time.pass(0)
    await answered
    expect(service.asked[0]!.target.model).toBe(asked)
    expect(trace.of('model.replaced')).toHaveLength(events)
  })
})

describe('the price of a call', () => {
  const booked = async (fate: Fate, abort = false) => {
    const time = new HandTime()
    const ends: string[] = []
    const reserve = () => ({
      settle: () => (ends.push('settled'), 7n),
      release: () => void ends.push('released'),
      keep: () => void ends.push('kept'),
    })
    const caller = new AbortController()
    const asked = priced({ reserve })(fated(time, [{ ms: 10, ...fate }]))(question(), caller.signal)
    asked.catch(() => {})
    if (abort) caller.abort(failure('cancelled'))
    await time.pass(10)
    return {
      ends,
      cost: await asked.then(
        ({ cost }) => cost,
        () => null,
      ),
    }
  }

  test('is settled by what is reported, released where nothing was billed, and kept where nobody knows', async () => {
    expect(await booked({})).toEqual({ ends: ['settled'], cost: 7n })
    expect((await booked({ ends: failure('rate_limited') })).ends).toEqual(['released'])
    expect((await booked({ ends: failure('connection', { mayBeBilled: true }) })).ends).toEqual(['kept'])
    expect((await booked({}, true)).ends).toEqual(['kept'])
  })
})

describe('an answer that says nothing', () => {
  test('is a failure that may pass', async () => {
    const time = new HandTime()
    const asked = saysSomething(fated(time, [{ ends: { text: ' \n' } }]))(question(), open())
    asked.catch(() => {})
    await time.pass(0)
    await expect(asked).rejects.toMatchObject({ kind: 'bad_answer', retryable: true })
  })
})

describe('statistics', () => {
  test('count calls by target, with their time', async () => {
    const time = new HandTime()
    const statistics = new Statistics(time)
    const ask = statistics.counting(fated(time, [{ ms: 100 }, { ms: 50, ends: failure('server_error') }]))
    const both = Promise.allSettled([ask(question(), open()), ask(question(), open())])
    await time.pass(100)
    await both
    expect(statistics.of('openai/mini')).toEqual({
      total: 2,
      successful: 1,
      failed: 1,
      latencyMs: 150,
      lastSuccess: 100,
    })
    expect(statistics.of('openai/none').total).toBe(0)
  })
})

describe('the budget of retries', () => {
  test('allows twenty, and so many for each request', () => {
    const budget = new RetryBudget({ retryBudget: 2 })
    budget.request()
    for (let nth = 0; nth < 22; nth++) {
      expect(budget.isSpent).toBe(false)
      budget.retry()
    }
    expect(budget.isSpent).toBe(true)
    expect(new RetryBudget({ retryBudget: 2 }, budget.tries).isSpent).toBe(true)
  })
})
