import OpenAI from 'openai'
import { actAs, describeOrchestration } from 'longhaul'

const client = new OpenAI({ apiKey: 'test' })
const ask = (agent: string) =>
  actAs(agent, () =>
    client.chat.completions.create({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Go on.' }] }),
  )

describeOrchestration(
  'a planner, two researchers side by side, and a writer',
  {
    system: async () => {
      await ask('planner')
      await Promise.all([ask('ann'), ask('ben')])
      await ask('writer')
    },
    provider: { latency: '2s' },
  },
  (test) => {
    test('is told by its order and its overlaps', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome).toHaveOrder(['planner', 'ann', 'writer'])
      expect(outcome).toHaveOverlapped(['ann', 'ben'])
      expect(outcome).not.toHaveOverlapped(['planner', 'ann'])
      expect(outcome).toHaveCalls({ exactly: 4 }, { service: 'openai' })
      expect(() => expect(outcome).toHaveOrder(['ann', 'ben'])).toThrow(/ben began at 2s, before ann had ended/)
      expect(() => expect(outcome).toHaveOrder(['planner', 'nobody'])).toThrow(/No agent "nobody" took part/)
      expect(() => expect(outcome).toHaveOverlapped(['ann', 'writer'])).toThrow(/there is no such moment/)
    })

    test('tells calls by what went wrong', async ({ run, provider, expect }) => {
      provider.failNext(1, 'overloaded', { agent: 'writer' })
      const outcome = await run()
      expect(outcome).toHaveCalls(1, { fault: 'overloaded', agent: 'writer' })
    })
  },
)
