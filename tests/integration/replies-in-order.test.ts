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
