import { describe, expect, test } from 'vitest'
import { Account, Accounts } from '../../../../src/orchestrator/questions/account.ts'
import { HandTime, settled } from '../../../given/hand-time.ts'
import { answer, failure, fated, open, question, standing, target } from '../../../given/ask.ts'

/** Who has come in, and when. */
function entering(account: Account, time: HandTime) {
  const at: number[] = []
  const enter = (signal = open()): Promise<void> => account.enter(signal).then(() => void at.push(time.now()))
  return { at, enter }
}

describe('an account', () => {
  test('lets everybody in as long as nothing is known', async () => {
    const time = new HandTime()
    const { at, enter } = entering(new Account(time), time)
    for (let nth = 0; nth < 60; nth++) void enter()
    await settled()
    expect(at).toHaveLength(60)
  })

  test('has all wait for what the service has told one of them, and then come one after another', async () => {
    const time = new HandTime()
    const account = new Account(time)
    const { at, enter } = entering(account, time)
    account.refused(10_000, undefined)
    for (let nth = 0; nth < 3; nth++) void enter()
    await time.pass(60_000)
    expect(at).toEqual([10_000, 20_000, 30_000])
  })

  test('is let in closer together with each answer', async () => {
    const time = new HandTime()
    const account = new Account(time)
    const { at, enter } = entering(account, time)
    account.refused(1_000, undefined)
    void enter()
    await time.pass(1_000)
    for (let nth = 0; nth < 20; nth++) account.answered(undefined)
    for (let nth = 0; nth < 5; nth++) void enter()
    await settled()
    expect(at).toHaveLength(6)
  })

  test('keeps to what headers tell, so that nobody is refused', async () => {
    const time = new HandTime()
    const account = new Account(time)
    const { at, enter } = entering(account, time)
    // Six a minute, none left: one every ten seconds.
    account.answered({ limit: 6, remaining: 0, fullInMs: 60_000 })
    for (let nth = 0; nth < 3; nth++) void enter()
    await time.pass(60_000)
    expect(at).toEqual([10_000, 20_000, 30_000])
  })

  test('lets in what is left at once', async () => {
    const time = new HandTime()
    const account = new Account(time)
    const { at, enter } = entering(account, time)
    account.answered({ limit: 6, remaining: 2, fullInMs: 40_000 })
    for (let nth = 0; nth < 3; nth++) void enter()
    await time.pass(10_000)
    expect(at).toEqual([0, 0, 10_000])
  })

  test('is not waited for longer than the caller has', async () => {
    const time = new HandTime()
    const account = new Account(time)
    account.refused(60_000, undefined)
    const caller = new AbortController()
    const waits = account.enter(caller.signal)
    waits.catch(() => {})
    await time.pass(1_000)
    caller.abort(failure('deadline'))
    await expect(waits).rejects.toMatchObject({ kind: 'deadline' })
    const { at, enter } = entering(account, time)
    void enter()
    await time.pass(59_000)
    expect(at).toEqual([60_000])
  })

  test('is busy while somebody waits, or has to', async () => {
    const time = new HandTime()
    const account = new Account(time)
    const { enter } = entering(account, time)
    expect(account.isBusy).toBe(false)
    account.awayFor(1_000)
    expect([account.isBusy, account.notBefore]).toEqual([true, 1_000])
    void enter()
    await time.pass(999)
    expect(account.isBusy).toBe(true)
    await time.pass(1)
    expect(account.isBusy).toBe(false)
  })

  test('is kept away from for the longest time that it has named', async () => {
    const time = new HandTime()
    const account = new Account(time, 3_000)
    account.awayFor(1_000)
    expect(account.notBefore).toBe(3_000)
    account.refused(2_000, undefined)
    expect(account.notBefore).toBe(3_000)
    await time.pass(2_000)
    account.awayFor(1_500)
    expect(account.notBefore).toBe(3_500)
  })

  test('has those who come one after another three quarters as far apart after each answer', async () => {
    const time = new HandTime()
    const account = new Account(time)
    const { at, enter } = entering(account, time)
    account.refused(1_000, undefined)
    account.answered(undefined)
    for (let nth = 0; nth < 3; nth++) void enter()
    await time.pass(2_500)
    expect(at).toEqual([1_000, 1_750, 2_500])
  })

  test('has those come no more than a minute apart, whatever it was told', async () => {
    const time = new HandTime()
    const account = new Account(time)
    const { at, enter } = entering(account, time)
    account.refused(90_000, undefined)
    account.refused(0, undefined)
    for (let nth = 0; nth < 2; nth++) void enter()
    await time.pass(300_000)
    expect(at).toEqual([90_000, 150_000])
  })

  test('has those come at the pace of its headers, not that of a refusal, where a refusal has headers', async () => {
    const time = new HandTime()
    const account = new Account(time)
    const { at, enter } = entering(account, time)
    account.refused(7_000, undefined)
    account.refused(1_000, { limit: 60, remaining: 0, fullInMs: 60_000 })
    for (let nth = 0; nth < 9; nth++) void enter()
    await time.pass(60_000)
    // By then the bucket holds seven.
    expect(at).toEqual([...Array.from({ length: 7 }, () => 7_000), 8_000, 9_000])
  })

  test('takes the newest headers for what was left then, less what has come in since', async () => {
    const time = new HandTime()
    const account = new Account(time)
    const { at, enter } = entering(account, time)
    account.answered({ limit: 6, remaining: 3, fullInMs: 30_000 })
    for (let nth = 0; nth < 2; nth++) void enter()
    await settled()
    // These are older than the two.
    account.answered({ limit: 6, remaining: 3, fullInMs: 30_000 })
    for (let nth = 0; nth < 3; nth++) void enter()
    await time.pass(60_000)
    expect(at).toEqual([0, 0, 0, 10_000, 20_000])
  })

  test('reads from the time until its bucket is full what headers have rounded down', async () => {
    const time = new HandTime()
    const account = new Account(time)
    const { at, enter } = entering(account, time)
    // Half a request is there: 5.5 are missing, ten seconds each.
    account.answered({ limit: 6, remaining: 0, fullInMs: 55_000 })
    void enter()
    await time.pass(60_000)
    expect(at).toEqual([5_000])
  })

  test('begins with the headers of another limit anew', async () => {
    const time = new HandTime()
    const account = new Account(time)
    const { at, enter } = entering(account, time)
    account.answered({ limit: 6, remaining: 0, fullInMs: 60_000 })
    account.answered({ limit: 60, remaining: 2, fullInMs: 58_000 })
    for (let nth = 0; nth < 3; nth++) void enter()
    await time.pass(60_000)
    expect(at).toEqual([0, 0, 1_000])
  })

  test('holds no more than its limit, however long nobody has come', async () => {
    const time = new HandTime()
    const account = new Account(time)
    const { at, enter } = entering(account, time)
    account.answered({ limit: 2, remaining: 2, fullInMs: 0 })
    await time.pass(3_600_000)
    for (let nth = 0; nth < 3; nth++) void enter()
    await time.pass(60_000)
    expect(at.map((each) => each - 3_600_000)).toEqual([0, 0, 30_000])
  })

  test('tells at once those for whom the wait is too long, by how many stand before them', async () => {
    const time = new HandTime()
    const account = new Account(time)
    account.refused(10_000, undefined)
    void account.enter(open(), 10_000)
    await expect(account.enter(open(), 19_999)).rejects.toMatchObject({
      kind: 'rate_limited',
      message: 'The provider accepts the next request of this account in 20s.',
      retryAfterMs: 20_000,
      unmade: true,
    })
    const second = account.enter(open(), 20_000)
    await time.pass(20_000)
    expect(await standing(second)).toBe('resolved')
  })

  test('is closed for a time, and says why', async () => {
    const time = new HandTime()
    const account = new Account(time)
    account.close(failure('refused_request', { noAccess: { forMs: 1_000 } }), 1_000)
    await time.pass(999)
    await expect(account.enter(open())).rejects.toMatchObject({
      kind: 'refused_request',
      message: 'It is refused_request.',
      noAccess: { forMs: 1_000 },
      unmade: true,
    })
    await time.pass(1)
    await account.enter(open())
  })

  test('is not asked by a caller that is gone', async () => {
    const caller = new AbortController()
    caller.abort(failure('deadline'))
    await expect(new Account(new HandTime()).enter(caller.signal)).rejects.toMatchObject({ kind: 'deadline' })
  })
})

describe('the accounts of services', () => {
  test('are each its own; all agents share one', async () => {
    const time = new HandTime()
    const accounts = new Accounts(time)
    const service = fated(time, [{ ends: failure('rate_limited', { retryAfterMs: 5_000 }) }, {}])
    const ask = accounts.paced(service)
    ask(question({ agent: 'ann' }), open()).catch(() => {})
    await time.pass(0)
    const ben = ask(question({ agent: 'ben' }), open())
    const other = ask(question({ agent: 'cem', target: target('haiku', 'anthropic') }), open())
    await time.pass(0)
    expect(await standing(other)).toBe('resolved')
    expect(await standing(ben)).toBe('pending')
    expect(accounts.save()).toEqual({ openai: 5_000 })
    await time.pass(5_000)
    expect(await ben).toEqual(answer())
    expect(accounts.save()).toEqual({})
  })

  test('are held back by an overloaded service that names a time, too, and by a restart no less', async () => {
    const time = new HandTime()
    const first = new Accounts(time)
    const refused = first.paced(fated(time, [{ ends: failure('overloaded', { retryAfterMs: 9_000 }) }]))
    refused(question(), open()).catch(() => {})
    await time.pass(0)
    const ask = new Accounts(time, first.save()).paced(fated(time, [{}]))
    const asked = ask(question(), open())
    await time.pass(8_999)
    expect(await standing(asked)).toBe('pending')
    await time.pass(1)
    expect(await standing(asked)).toBe('resolved')
  })

  test('that have no access for a time are not asked in it: who asks is told at once', async () => {
    const time = new HandTime()
    const quota = failure('rate_limited', { retryAfterMs: 3_600_000, noAccess: { forMs: 3_600_000 } })
    const service = fated(time, [{ ends: quota }, {}])
    const ask = new Accounts(time).paced(service)
    ask(question(), open()).catch(() => {})
    await time.pass(0)
    await expect(ask(question(), open())).rejects.toMatchObject({
      unmade: true,
      passesElsewhere: true,
      retryable: false,
    })
    expect(service.asked).toHaveLength(1)
    await time.pass(3_600_000)
    const later = ask(question(), open())
    await time.pass(0)
    expect((await later).text).toBe('Yes.')
  })

  test('are not waited for too long by who may ask elsewhere', async () => {
    const time = new HandTime()
    const ask = new Accounts(time, { openai: 90_000 }, { patienceMs: 60_000 }).paced(fated(time, [{}]))
    await expect(ask(question(), open())).rejects.toMatchObject({
      kind: 'rate_limited',
      retryAfterMs: 90_000,
      unmade: true,
    })
    await time.pass(30_000)
    const patient = ask(question(), open())
    await time.pass(60_000)
    expect((await patient).text).toBe('Yes.')
  })

  test('tell who follows a question that it waits, and no other', async () => {
    const time = new HandTime()
    const accounts = new Accounts(time, { openai: 1_000 })
    const ask = accounts.paced(fated(time, [{}]))
    const told: string[] = []
    const following = {
      pauses: () => {
        told.push(`pauses at ${time.now()}`)
        return () => void told.push(`goes on at ${time.now()}`)
      },
      failed: () => {},
    }
    void ask(question({ following }), open())
    await time.pass(1_000)
    expect(told).toEqual(['pauses at 0', 'goes on at 1000'])
    void ask(question({ following }), open())
    await time.pass(0)
    expect(told).toHaveLength(2)
  })

  test.for<[Error, number, Record<string, number>]>([
    // A refusal without a time keeps nobody away.
    [failure('rate_limited'), 0, {}],
    [failure('rate_limited', { retryAfterMs: 2_000 }), 2_000, { openai: 2_000 }],
    [failure('server_error', { retryAfterMs: 2_000 }), 2_000, { openai: 2_000 }],
    [failure('server_error'), 0, {}],
    [failure('rate_limited', { retryAfterMs: 2_000, noAccess: { forMs: undefined } }), 0, {}],
    [new TypeError('Not a text.'), 0, {}],
  ])('are asked again after %s in %i ms', async ([ends, ms, kept]) => {
    const time = new HandTime()
    const accounts = new Accounts(time)
    const service = fated(time, [{ ends }, {}])
    const ask = accounts.paced(service)
    ask(question(), open()).catch(() => {})
    await time.pass(0)
    expect(accounts.save()).toEqual(kept)
    void ask(question(), open())
    if (ms > 0) {
      await time.pass(ms - 1)
      expect(service.asked).toHaveLength(1)
      await time.pass(1)
    } else await time.pass(0)
    expect(service.asked).toHaveLength(2)
  })

  test('hold those apart who come after a refusal, but not after an overload', async () => {
    const later = async (kind: 'rate_limited' | 'overloaded'): Promise<number> => {
      const time = new HandTime()
      const service = fated(time, [{ ends: failure(kind, { retryAfterMs: 2_000 }) }, { ms: 60_000 }])
      const ask = new Accounts(time).paced(service)
      ask(question(), open()).catch(() => {})
      await time.pass(0)
      for (let nth = 0; nth < 3; nth++) void ask(question(), open())
      await time.pass(2_000)
      return service.asked.length - 1
    }
    expect(await later('rate_limited')).toBe(1)
    expect(await later('overloaded')).toBe(3)
  })

  test('learn from the headers of answers and of refusals', async () => {
    const limit = { limit: 6, remaining: 0, fullInMs: 60_000 }
    for (const ends of [{ limit }, failure('rate_limited', { limit })]) {
      const time = new HandTime()
      const service = fated(time, [{ ends }, {}])
      const ask = new Accounts(time).paced(service)
      ask(question(), open()).catch(() => {})
      await time.pass(0)
      void ask(question(), open())
      await time.pass(9_999)
      expect(service.asked).toHaveLength(1)
      await time.pass(1)
      expect(service.asked).toHaveLength(2)
    }
  })
})
