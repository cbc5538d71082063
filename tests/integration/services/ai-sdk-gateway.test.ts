import { generateText, Output, stepCountIs, streamText, tool } from 'ai'
import { describeOrchestration } from 'longhaul'
import { z } from 'zod'

process.env['AI_GATEWAY_API_KEY'] ??= 'test'
const MODEL = 'openai/gpt-4o-mini'

describeOrchestration(
  'the AI SDK with models that are named by a text alone',
  {
    system: async () => undefined,
    checks: false,
    provider: {
      latency: '1s',
      replies: [
        { content: 'Dock', reply: { text: 'One moment.', toolCalls: [{ name: 'dock', arguments: { berth: 3 } }] } },
        { content: 'docked', reply: 'She is docked.' },
        { content: 'Where', reply: 'At sea, far from any berth.' },
      ],
    },
  },
  (test) => {
    test('is answered by the gateway, whole and streamed', async ({ expect, provider }) => {
      const { text, usage, finishReason } = await generateText({ model: MODEL, prompt: 'Where is she?' })
      expect([text, finishReason]).toEqual(['At sea, far from any berth.', 'stop'])
      expect(usage.inputTokens).toBeGreaterThan(0)
      const { textStream } = streamText({ model: MODEL, prompt: 'Where is she?' })
      const parts: string[] = []
      for await (const part of textStream) parts.push(part)
      expect(parts.join('')).toBe('At sea, far from any berth.')
      expect(parts.length).toBeGreaterThan(1)
      expect(provider.ledger.total.cost).toBeGreaterThan(0n)
    })

    test('calls its tools and goes on', async ({ expect }) => {
      const dock = tool({
        description: 'Docks the ship.',
        inputSchema: z.object({ berth: z.number() }),
        execute: async ({ berth }) => `docked at ${berth}`,
      })
      for (const ask of [generateText, streamText]) {
        const result = await ask({ model: MODEL, prompt: 'Dock her.', tools: { dock }, stopWhen: stepCountIs(3) })
        expect(await result.text).toBe('She is docked.')
        expect((await result.steps)[0]!.toolResults).toMatchObject([{ output: 'docked at 3' }])
      }
    })

    test('gets what fits a schema', async ({ expect }) => {
      const { output } = await generateText({
        model: MODEL,
        prompt: 'Which berth?',
        output: Output.object({ schema: z.object({ berth: z.number() }) }),
      })
      expect(output.berth).toEqual(expect.any(Number))
    })

    test('is told what is wrong in the classes of the gateway', async ({ expect, provider }) => {
      const ask = (model: string) => generateText({ model, prompt: 'Where?', maxRetries: 0 })
      await expect(ask('none/such')).rejects.toMatchObject({ name: 'GatewayModelNotFoundError' })
      provider.failNext(1, 'rate_limited')
      await expect(ask(MODEL)).rejects.toMatchObject({ name: 'GatewayRateLimitError', statusCode: 429 })
      provider.failNext(1, 'server_error')
      await expect(ask(MODEL)).rejects.toMatchObject({ name: 'GatewayInternalServerError', statusCode: 500 })
    })
  },
)
