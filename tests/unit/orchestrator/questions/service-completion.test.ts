import { describe, expect, test } from 'vitest'
import { saysSomething } from '../../../../src/orchestrator/questions/service-completion.ts'
import { HandTime } from '../../../given/hand-time.ts'
import { fated, open, question } from '../../../given/ask.ts'

describe('an answer that says nothing', () => {
  test('is a failure that may pass', async () => {
    const time = new HandTime()
    const asked = saysSomething(fated(time, [{ ends: { text: ' \n' } }]))(question(), open())
    asked.catch(() => {})
    await time.pass(0)
    await expect(asked).rejects.toMatchObject({ kind: 'bad_answer', retryable: true })
  })
})
