import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { actAs, describeOrchestration, lognormal, never, uniform, type SystemContext } from 'longhaul'

// Clients made once for the module, as applications do.
const openai = new OpenAI({ apiKey: 'test', maxRetries: 8 })
const anthropic = new Anthropic({ apiKey: 'test', maxRetries: 8 })

const AGENTS = ['fast_agent', 'slow_agent', 'timeout_agent'] as const
const COLLECTION_TIMEOUT_MS = 120_000

/** One agent's answer, by one or the other official SDK. */
async function ask(agent: string, round: number, signal: AbortSignal): Promise<string> {
  const content = `Round ${round}: propose the next step.`
  if (agent === 'slow_agent') {
    const message = await anthropic.messages.create(
      { model: 'claude-haiku-4-5', max_tokens: 300, messages: [{ role: 'user', content }] },
      { signal, timeout: 100_000 },
    )
    return message.content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('')
  }
  const completion = await openai.chat.completions.create(
    { model: 'gpt-4o-mini', messages: [{ role: 'user', content }] },
    { signal, timeout: 40_000 },
  )
  return completion.choices[0]?.message.content ?? ''
}

/** Asks all agents at once, and goes on with who has answered when the time is up. */
async function collect({ report, signal, agents }: SystemContext, round: number): Promise<Map<string, string>> {
  const responses = new Map<string, string>()
  const gather = report.gather('responses', { from: agents, timeout: COLLECTION_TIMEOUT_MS, atLeast: 2 })
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(COLLECTION_TIMEOUT_MS)])
  await Promise.allSettled(
    agents.map((agent) =>
      actAs(agent, async () => {
        responses.set(agent, await ask(agent, round, deadline))
        gather.received(agent)
      }),
    ),
  )
  gather.end()
  if (responses.size < 2)
    throw new Error(`only ${responses.size} of ${agents.length} agents answered in round ${round}`)
  return responses
}

describeOrchestration(
  'timeout resilience',
  {
    agents: AGENTS,
    vars: { rounds: 3 },
    provider: {
      latency: lognormal({ median: '4s', p95: '12s' }),
      agents: {
        slow_agent: { latency: uniform('20s', '30s') },
        timeout_agent: { latency: never() },
      },
    },
    system: async (context) => {
      const answers: string[][] = []
      for (let round = 1; round <= Number(context.vars['rounds']); round++)
        answers.push([...(await collect(context, round)).keys()])
      return answers
    },
  },
  (test) => {
    test('completes despite an agent that never answers', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome).toHaveCompleted()
      expect(outcome.result).toHaveLength(3)
    })

    test('goes on with partial results', async ({ run, expect }) => {
      const outcome = await run({ vars: { rounds: 1 } })
      expect(outcome.gather('responses')).toBePartial({
        received: ['fast_agent', 'slow_agent'],
        missing: ['timeout_agent'],
      })
    })

    test('handles timeouts within twice their value', async ({ run, expect }) => {
      const outcome = await run()
      for (const gather of outcome.gathers) {
        expect(gather.endedAt! - gather.startedAt).toBeLessThanOrEqual(2 * COLLECTION_TIMEOUT_MS)
      }
      expect(outcome).toHaveElapsed({ atLeast: '6m', atMost: '12m' })
    })

    test('leaves no call open', async ({ run, provider, expect }) => {
      await run()
      expect(provider.openCalls).toBe(0)
    })

    test('the agent that never answers is retried by its SDK, and bills nothing but its prompts', async ({
      run,
      expect,
    }) => {
      const outcome = await run({ vars: { rounds: 1 } })
      expect(outcome).toHaveCalls({ atLeast: 2 }, { agent: 'timeout_agent', status: 'failed' })
      expect(outcome.ledger.agent('timeout_agent').usage.output).toBe(0)
    })
  },
)
