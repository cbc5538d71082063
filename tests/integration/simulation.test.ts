import OpenAI from 'openai'
import { expect, test } from 'vitest'
import { createSimulation, startServer } from 'longhaul'

const ask = async (client: OpenAI): Promise<string | null> => {
  const messages = [{ role: 'user', content: 'Hello' }] as const
  return (await client.chat.completions.create({ model: 'gpt-4o', messages: [...messages] })).choices[0]!.message
    .content
}

test('a simulation of its own serves another process', async () => {
  const simulation = createSimulation({ provider: { latency: 5, replies: 'Hello there.' } })
  const server = await startServer(simulation.provider)
  expect(await ask(new OpenAI({ apiKey: 'test', baseURL: server.baseURLs.openai }))).toBe('Hello there.')
  expect(simulation.ledger.total.calls).toBe(1)
  await server.close()
  await simulation.close()
})

test('one in virtual time lets hours pass, and verifies the invariants', async () => {
  const simulation = createSimulation({
    provider: { latency: '2h', replies: 'At last.' },
    time: 'virtual',
    mount: true,
  })
  const client = new OpenAI({ apiKey: 'test', timeout: 3 * 3_600_000, fetchOptions: {}, maxRetries: 0 })
  await expect(simulation.run(() => ask(client))).rejects.toThrow(/timed out|Connection error/)
  expect(simulation.clock.now()).toBeGreaterThanOrEqual(300_000)
  await simulation.close()
})
