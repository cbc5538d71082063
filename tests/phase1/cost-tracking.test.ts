import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { actAs, describeOrchestration, formatDollars, parseDollars, uniform } from 'longhaul'

const openai = new OpenAI({ apiKey: 'test', maxRetries: 10, timeout: 60_000 })
const anthropic = new Anthropic({ apiKey: 'test', maxRetries: 10, timeout: 60_000 })

/** Picodollars for a token, from the providers' price lists: what the system under test claims by its own arithmetic. */
const PRICES = {
  'gpt-4o-mini': { input: 150_000n, output: 600_000n },
  'claude-haiku-4-5': { input: 1_000_000n, output: 5_000_000n },
} as const

interface Claim {
  agent: string
  cost: bigint
}

const price = (model: keyof typeof PRICES, input: number, output: number): bigint =>
  BigInt(input) * PRICES[model].input + BigInt(output) * PRICES[model].output

async function complete(agent: string, nth: number): Promise<Claim> {
  const content = `Task ${nth}: summarise the minutes.`
  if (agent === 'reviewer') {
    const { usage } = await anthropic.messages.create({
      model: 'claude-haiku-4-5',
      max_tokens: 500,
      messages: [{ role: 'user', content }],
    })
    return { agent, cost: price('claude-haiku-4-5', usage.input_tokens, usage.output_tokens) }
  }
  const { usage } = await openai.chat.completions.create({
    model: 'gpt-4o-mini',
    messages: [{ role: 'user', content }],
  })
  return { agent, cost: price('gpt-4o-mini', usage!.prompt_tokens, usage!.completion_tokens) }
}

const sum = (claims: readonly Claim[]): bigint => claims.reduce((total, { cost }) => total + cost, 0n)

describeOrchestration(
  'cost tracking',
  {
    agents: ['writer', 'reviewer'],
    provider: {
      latency: uniform('2s', '30s'),
      agents: {
        writer: { reply: { text: 'Done.', usage: { input: 1_000, output: 500 } } },
        reviewer: { reply: { text: 'Fine.', usage: { input: 2_000, output: 100 } } },
      },
    },
    system: async ({ agents }) => {
      const claims = await Promise.all(
        agents.map((agent) =>
          actAs(agent, async () => {
            const own: Claim[] = []
            for (let nth = 1; nth <= 25; nth++) own.push(await complete(agent, nth))
            return own
          }),
        ),
      )
      return claims.flat()
    },
  },
  (test) => {
    test('fifty completions of known cost are billed exactly', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome).toHaveCompleted()
      expect(outcome).toHaveCalls(50, { status: 'ended' })
      // 25 × (1,000 × $0.15 + 500 × $0.60) / 10⁶ and 25 × (2,000 × $1 + 100 × $5) / 10⁶
      expect(outcome).toHaveCost('0.01125', { agent: 'writer' })
      expect(outcome).toHaveCost('0.0625', { agent: 'reviewer' })
      expect(outcome).toHaveCost('0.07375')
    })

    test('what the system claims equals the bill, to the picodollar', async ({ run, provider, expect }) => {
      const { result } = await run()
      expect(formatDollars(sum(result!))).toBe(formatDollars(provider.ledger.total.cost))
      for (const agent of ['writer', 'reviewer']) {
        expect(sum(result!.filter((claim) => claim.agent === agent))).toBe(provider.ledger.agent(agent).cost)
      }
      expect(parseDollars('0.07375')).toBe(provider.ledger.total.cost)
    })

    test('the accounts of agents and models add up to the whole', async ({ run, expect }) => {
      const { ledger } = await run()
      for (const accounts of [ledger.byAgent, ledger.byModel, ledger.byService]) {
        expect([...accounts.values()].reduce((total, { cost }) => total + cost, 0n)).toBe(ledger.total.cost)
      }
    })
  },
)
