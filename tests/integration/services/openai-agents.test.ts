import { Agent, run, setDefaultOpenAIClient, setTracingDisabled, tool } from '@openai/agents'
import OpenAI from 'openai'
import { expect } from 'vitest'
import { z } from 'zod'
import { describeOrchestration } from 'longhaul'

setTracingDisabled(true)
setDefaultOpenAIClient(new OpenAI({ apiKey: 'test' }) as never)

const search = tool({
  name: 'search',
  description: 'Searches the archive.',
  parameters: z.object({ query: z.string() }),
  execute: async ({ query }) => `three pages about ${query}`,
})
const historian = new Agent({
  name: 'Historian',
  instructions: 'You are the historian.',
  model: 'gpt-4o',
  tools: [search],
})
const triage = new Agent({
  name: 'Triage',
  instructions: 'You are the triage agent.',
  model: 'gpt-4o',
  handoffs: [historian],
})

describeOrchestration(
  'the OpenAI Agents SDK with its default',
  {
    system: async () => (await run(triage, 'Who built the tower?')).finalOutput,
    provider: {
      latency: '2s',
      replies: ({ messages, tools }) => {
        if (messages.at(-1)?.text.startsWith('three pages')) return 'Gustave Eiffel.'
        const [first] = tools
        if (first?.name === 'search') return { toolCalls: [{ name: 'search', arguments: { query: 'the tower' } }] }
        return { toolCalls: [{ name: first!.name, arguments: {} }] }
      },
    },
  },
  (test) => {
    test('hands off, calls a tool, and answers', async ({ run: start, trace }) => {
      const outcome = await start()
      expect(outcome.result).toBe('Gustave Eiffel.')
      expect(trace.ofType('call.arrived').map(({ operation }) => operation)).toEqual(Array(3).fill('responses'))
      expect(outcome.elapsedMs).toBe(6_000)
    })

    test('streams the same', async () => {
      const stream = await run(triage, 'Who built the tower?', { stream: true })
      await stream.completed
      expect(stream.finalOutput).toBe('Gustave Eiffel.')
    })
  },
)
