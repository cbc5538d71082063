import OpenAI from 'openai'
import { explore } from 'longhaul'
import { expect, test } from 'vitest'

const client = new OpenAI({ apiKey: 'test', maxRetries: 0 })

test('a client without any time limit ends in a storm, which says that the timers are none of the client', async () => {
  const system = async () => {
    const messages = [{ role: 'user' as const, content: 'Write.' }]
    for await (const _ of await client.chat.completions.create({ model: 'gpt-4o-mini', messages, stream: true }));
  }
  const { failures } = await explore(
    'a stream of pings',
    { system, provider: { failRate: 1, faults: { hang_with_pings: 1 } } },
    { seeds: 1, maxShrunk: 0, regressions: 'none' },
  )
  const { error } = failures[0]!
  expect(error).toMatchObject({ name: 'TimerStormError' })
  expect(String(error)).toContain('\n  timer of longhaul of 15s, fired ')
  expect(String(error)).toContain('which the fault "hang_with_pings" stopped before the first token of its answer')
})
