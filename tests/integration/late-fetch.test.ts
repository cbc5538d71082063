import { describeOrchestration } from 'longhaul'

// Taken aside before any run, as a module of an application may do.
const early = globalThis.fetch

describeOrchestration(
  'code that took fetch aside before the run',
  {
    provider: { latency: '5s', failRate: 0, replies: 'Red.' },
    system: async () => {
      const response = await early('https://api.openai.com/v1/chat/completions', {
        method: 'POST',
        headers: { authorization: 'Bearer test', 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'A colour?' }] }),
      })
      return (await response.json()) as { choices: { message: { content: string } }[] }
    },
  },
  (test) => {
    test('is answered by the simulated provider all the same, in virtual time', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome).toHaveCompleted()
      expect(outcome.result?.choices[0]?.message.content).toBe('Red.')
      expect(outcome).toHaveElapsed({ atLeast: '5s', atMost: '5s' })
      expect(outcome).toHaveCalls(1, { status: 'ended' })
    })
  },
)
