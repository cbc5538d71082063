import { describe, expect, test } from 'vitest'
import { tracingAttempts } from '../../../../src/orchestrator/questions/attempt-tracing.ts'
import { HandTime } from '../../../given/hand-time.ts'
import { failure, fated, open, question, Told, type Fate } from '../../../given/ask.ts'

const telling = (fate: Fate) => {
  const time = new HandTime()
  const trace = new Told()
  const ask = tracingAttempts({ trace, time, costs: { costOf: (_, { input, output }) => BigInt(input + output) } })(
    fated(time, [fate]),
  )
  return { time, trace, ask }
}

describe('calls are tracingAttempts as they are made', () => {
  test('and as they are answered, with how long they took, their tokens and their cost', async () => {
    const { time, trace, ask } = telling({ ms: 700 })
    const asked = ask(question(), open())
    await time.pass(0)
    expect(trace.events).toEqual([{ type: 'attempt.started', agent: 'ann', provider: 'openai', model: 'mini' }])
    await time.pass(700)
    await asked
    expect(trace.of('attempt.ended')).toMatchObject([
      { tookMs: 700, failure: null, inputTokens: 10, outputTokens: 5, cost: 15 },
    ])
  })

  test('and as they fail, with the kind of the failure', async () => {
    const { time, trace, ask } = telling({ ms: 50, ends: failure('overloaded') })
    const asked = ask(question(), open())
    asked.catch(() => {})
    await time.pass(50)
    await expect(asked).rejects.toThrow('overloaded')
    expect(trace.of('attempt.ended')).toMatchObject([
      { tookMs: 50, failure: 'overloaded', message: 'It is overloaded.', cost: 0 },
    ])
  })

  test('and as they are broken off, with why', async () => {
    const { time, trace, ask } = telling({ ms: 5_000 })
    const controller = new AbortController()
    const asked = ask(question(), controller.signal)
    asked.catch(() => {})
    await time.pass(10)
    controller.abort(failure('timeout'))
    await expect(asked).rejects.toThrow('timeout')
    expect(trace.of('attempt.ended')).toMatchObject([{ tookMs: 10, failure: 'timeout' }])
  })
})
