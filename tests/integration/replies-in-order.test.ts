import OpenAI from 'openai'
import { actAs, describeOrchestration, json, sequence, toolCall, whenAsked } from 'longhaul'

const client = new OpenAI({ apiKey: 'test' })
const ask = async (content: string): Promise<string> => {
  const { choices } = await client.chat.completions.create({ model: 'gpt-4o', messages: [{ role: 'user', content }] })
  const { message } = choices[0]!
  const [call] = message.tool_calls ?? []
  return call?.type === 'function' ? `${call.function.name} ${call.function.arguments}` : (message.content ?? '')
}
/** A reviewer that keeps no conversation, and is shown another draft each time. */
const review = async (): Promise<string[]> => {
  const verdicts: string[] = []
  for (let draft = 1; verdicts.at(-1) !== 'accept' && draft < 9; draft++)
    verdicts.push(await actAs('reviewer', () => ask(`Draft ${draft}`)))
  return verdicts
}
const REVIEWS = ['reject', 'reject', 'accept']

describeOrchestration(
  'a reviewer that rejects twice and accepts',
  {
    system: review,
    provider: { latency: '1s', agents: { reviewer: { reply: sequence('reject', 'reject', 'accept') } } },
  },
  (test) => {
    test('does so though it keeps no conversation', async ({ run, expect }) => {
      expect((await run()).result).toEqual(REVIEWS)
    })

    test('begins anew in each run', async ({ run, expect }) => {
      expect((await run()).result).toEqual(REVIEWS)
      expect((await run()).result).toEqual(REVIEWS)
    })

    test('does not count what has failed', async ({ run, provider, expect }) => {
      provider.failNext(1, 'server_error', { agent: 'reviewer' })
      provider.failNext(1, 'overloaded', { agent: 'reviewer' })
      const { result } = await run()
      expect(result).toEqual(REVIEWS)
    })
  },
)

describeOrchestration(
  'answers by their content',
  {
    system: async () => [await ask('What is the weather?'), await ask('What is the time?'), await ask('Judge!')],
    provider: {
      latency: '1s',
      replies: [
        whenAsked(/weather/, 'Sunny.'),
        whenAsked('time', toolCall('clock', { zone: 'UTC' })),
        whenAsked('Judge', json({ verdict: 'accept' })),
      ],
    },
    checks: { 'set-up': false },
  },
  (test) => {
    test('are those of the rules', async ({ run, expect }) => {
      expect((await run()).result).toEqual(['Sunny.', 'clock {"zone":"UTC"}', '{"verdict":"accept"}'])
    })
  },
)

describeOrchestration(
  'an agent with a tool, whose run begins again after a failure',
  {
    system: async () => {
      let charges = 0
      const bill = async (): Promise<string> => {
        const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: 'Charge order A1.' }]
        for (;;) {
          const { choices } = await client.chat.completions.create(
            { model: 'gpt-4o', messages, tools: [{ type: 'function', function: { name: 'charge' } }] },
            { maxRetries: 0 },
          )
          const { message } = choices[0]!
          messages.push(message)
          if (!message.tool_calls) return message.content!
          for (const { id } of message.tool_calls) {
            charges += 1
            messages.push({ role: 'tool', tool_call_id: id, content: `charged as ${charges}` })
          }
        }
      }
      for (let attempt = 1; ; attempt++)
        try {
          return { said: await actAs('billing', bill), charges }
        } catch (error) {
          if (attempt === 3) throw error
          await new Promise((done) => setTimeout(done, 10_000))
        }
    },
    provider: {
      latency: '5s',
      agents: { billing: { reply: [toolCall('charge', {}), toolCall('charge', {}), 'Done.'] } },
    },
    checks: { 'paid-twice': false },
  },
  (test) => {
    test('gets the same replies again, as from a model, and so charges again', async ({
      start,
      sleep,
      provider,
      expect,
    }) => {
      const orchestration = await start()
      for (const moment of ['7s', '20s'] as const) {
        await sleep(moment)
        provider.failNext(1, 'server_error', { agent: 'billing' })
      }
      expect((await orchestration.outcome()).result).toEqual({ said: 'Done.', charges: 5 })
    })
  },
)
