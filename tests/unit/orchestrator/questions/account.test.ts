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
})
