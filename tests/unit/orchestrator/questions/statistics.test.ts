import { describe, expect, test } from 'vitest'
import { Statistics } from '../../../../src/orchestrator/questions/statistics.ts'
import { HandTime } from '../../../given/hand-time.ts'
import { failure, fated, open, question } from '../../../given/ask.ts'

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
