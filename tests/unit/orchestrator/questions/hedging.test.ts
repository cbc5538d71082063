import { describe, expect, test } from 'vitest'
import { hedged } from '../../../../src/orchestrator/questions/hedging.ts'
import { HandTime } from '../../../given/hand-time.ts'
import { failure, fated, open, question, Told, type Fate } from '../../../given/ask.ts'

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
