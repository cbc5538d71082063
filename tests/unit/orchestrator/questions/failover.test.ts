import { describe, expect, test } from 'vitest'
import { failingOver } from '../../../../src/orchestrator/questions/failover.ts'
import { HandTime } from '../../../given/hand-time.ts'
import { failure, fated, open, question, target, Told, type Fate } from '../../../given/ask.ts'

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
    expect(trace.of('model.fellBack')).toMatchObject([{ model: 'anthropic/haiku', reason: 'server_error' }])
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
