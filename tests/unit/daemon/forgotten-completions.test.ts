import { expect, test, vi } from 'vitest'
import { Completions } from '../../../src/daemon/completions.ts'
import { Runs } from '../../../src/daemon/runs.ts'
import { RunStore } from '../../../src/store/index.ts'

test('completions are forgotten where no orchestration ends', async () => {
  const store = new RunStore(':memory:')
  const of = { store, settings: {}, tell: () => {}, onTrace: () => {} }
  const runs = new Runs({ ...of, patterns: [], onEvent: () => {}, simulation: undefined, say: () => {}, keep: 5 })
  const completions = new Completions({ ...of, runs })
  const nobody = { sessionId: undefined, agentId: undefined, model: undefined, messages: undefined }
  for (let nth = 0; nth < 100; nth++) {
    const requestId = `number ${nth}`
    completions.submit({ ...nobody, requestId, prompt: 'Hello.' })
    completions.cancel(requestId)
  }
  await vi.waitFor(() => expect(completions.depth).toBe(0), { timeout: 20_000 })
  expect(() => completions.find('number 94')).toThrow('There is no completion "number 94"')
  expect(completions.find('number 95')).toMatchObject({ status: 'cancelled' })
  await completions.close()
  store.close()
})
