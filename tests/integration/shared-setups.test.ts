import OpenAI from 'openai'
import { actAs, describeOrchestration, type SystemContext } from 'longhaul'
import { badDay, calmDay, openaiOutage, rateLimitedTier } from '../../mocks/index.ts'

const client = new OpenAI({ apiKey: 'test', maxRetries: 30, timeout: 120_000 })

/** Every agent asks `rounds` times, one question after another. */
async function system({ vars, agents }: SystemContext): Promise<void> {
  const asking = async (agent: string): Promise<void> => {
    for (let round = 0; round < Number(vars['rounds'] ?? 20); round++) {
      await client.chat.completions.create({
        model: 'gpt-4o-mini',
        messages: [{ role: 'user', content: `${agent}, round ${round}` }],
      })
    }
  }
  await Promise.all(agents.map((agent) => actAs(agent, () => asking(agent))))
}

const agents = ['ann', 'ben', 'cem']
/** It is patient on purpose, and a full bucket refuses many. */
const checks = { amplification: false } as const

for (const [name, provider] of Object.entries({ calmDay, badDay, openaiOutage, rateLimitedTier })) {
  describeOrchestration(name, { agents, provider, system, checks }, (test) => {
    test('an orchestration with patient retries completes, and leaves nothing open', async ({
      run,
      provider: service,
      expect,
    }) => {
      const outcome = await run()
      expect(outcome).toHaveCompleted()
      expect(outcome).toHaveCalls(60, { status: 'ended' })
      expect(service.openCalls).toBe(0)
    })
  })
}

describeOrchestration(
  'an outage',
  { agents: ['ann'], provider: { ...openaiOutage, failRate: 0 }, system, checks },
  (test) => {
    test('fails every call while it lasts, and none after', async ({ run, trace }) => {
      await run()
      const failed = trace.ofType('call.failed').filter(({ fault }) => fault === 'bad_gateway')
      const arrivals = new Map(trace.ofType('call.arrived').map((event) => [event.call, event.at]))
      const times = failed.map(({ call }) => arrivals.get(call)!)
      if (times.length === 0 || times.some((at) => at < 60_000 || at >= 180_000))
        throw new Error(`failed at ${times.join(', ')}`)
    })
  },
)

describeOrchestration(
  'a rate-limited tier',
  { agents, provider: { ...rateLimitedTier, failRate: 0 }, system, checks },
  (test) => {
    test('never lets more than its requests in within a minute, beyond a full bucket', async ({
      run,
      trace,
      expect,
    }) => {
      await run()
      const refused = new Set(trace.ofType('call.failed').map(({ call }) => call))
      const admitted = trace.ofType('call.arrived').filter(({ call }) => !refused.has(call))
      for (const first of admitted) {
        const within = admitted.filter(({ at }) => at >= first.at && at < first.at + 60_000).length
        expect(within).toBeLessThanOrEqual(20)
      }
      expect(refused.size).toBeGreaterThan(0)
    })
  },
)
