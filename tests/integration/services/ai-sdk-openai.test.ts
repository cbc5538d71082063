import { openai } from '@ai-sdk/openai'
import { generateText, isStepCount, streamText, tool } from 'ai'
import { expect } from 'vitest'
import { z } from 'zod'
import { describeOrchestration } from 'longhaul'

process.env['OPENAI_API_KEY'] ??= 'test'

describeOrchestration(
  'the AI SDK with its default for OpenAI',
  {
    system: async () => undefined,
    provider: {
      latency: '2s',
      replies: ({ messages, tools }) =>
        messages.at(-1)?.role === 'tool'
          ? `It is ${messages.at(-1)!.text}.`
          : tools.length > 0
            ? { toolCalls: [{ name: 'weather', arguments: { city: 'Paris' } }] }
            : 'Hello there.',
    },
  },
  (test) => {
    test('gets a text', async ({ trace }) => {
      const { text, usage } = await generateText({ model: openai('gpt-4o'), prompt: 'Hi' })
      expect(text).toBe('Hello there.')
      expect(usage.outputTokens).toBeGreaterThan(0)
      expect(trace.ofType('call.arrived')).toMatchObject([{ operation: 'responses', model: 'gpt-4o' }])
    })

    test('streams one', async () => {
      const { textStream } = streamText({ model: openai('gpt-4o'), prompt: 'Hi' })
      let text = ''
      for await (const part of textStream) text += part
      expect(text).toBe('Hello there.')
    })

    test('runs a tool, and goes on with what it gave', async ({ trace }) => {
      const weather = tool({
        inputSchema: z.object({ city: z.string() }),
        execute: async ({ city }) => `sunny in ${city}`,
      })
      const { text } = await generateText({
        model: openai('gpt-4o'),
        prompt: 'Weather?',
        tools: { weather },
        stopWhen: isStepCount(3),
      })
      expect(text).toContain('sunny in Paris')
      expect(trace.ofType('call.ended')).toHaveLength(2)
    })
  },
)
