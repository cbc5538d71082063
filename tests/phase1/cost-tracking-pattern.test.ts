import { describeOrchestration, formatDollars, parseDollars, uniform } from 'longhaul'

// Phase 1.3: fifty completions of known cost, by the reference orchestrator. Its claim is held against the provider's bill.
describeOrchestration(
  'cost tracking, from its pattern',
  {
    pattern: 'cost_tracking_test',
    orchestrator: { retry: { attempts: 12 }, retryBudget: 20, breaker: { failures: 1_000 } },
    provider: {
      latency: uniform('2s', '30s'),
      agents: {
        writer: { reply: { text: 'Done.', usage: { input: 1_000, output: 500 } } },
        reviewer: { reply: { text: 'Fine.', usage: { input: 2_000, output: 100 } } },
      },
    },
  },
  (test) => {
    test('fifty completions of known cost are billed exactly', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome).toHaveCompleted()
      expect(outcome.result!.result).toBe(50)
      expect(outcome).toHaveCalls(50, { status: 'ended' })
      // 25 × (1,000 × $0.15 + 500 × $0.60) / 10⁶, and 25 × (2,000 × $1 + 100 × $5) / 10⁶
      expect(formatDollars(outcome.result!.cost.byAgent['writer']!.known)).toBe('$0.01125')
      expect(formatDollars(outcome.result!.cost.byAgent['reviewer']!.known)).toBe('$0.0625')
    })

    test('what the orchestrator knows of is what its answers cost, to the picodollar', async ({ run, expect }) => {
      const { result, calls, ledger } = await run()
      const answered = calls
        .filter(({ status }) => status === 'ended')
        .reduce((sum, { cost }) => sum + BigInt(cost), 0n)
      expect(result!.cost.known).toBe(answered)
      expect(result!.cost.known).toBe(parseDollars('0.07375'))
      expect(ledger.total.cost <= result!.cost.known + result!.cost.uncertain).toBe(true)
    })

    test('the claims of the agents add up to the whole', async ({ run, expect }) => {
      const { cost } = (await run()).result!
      const claims = Object.values(cost.byAgent)
      for (const part of ['known', 'uncertain'] as const)
        expect(claims.reduce((sum, claim) => sum + claim[part], 0n)).toBe(cost[part])
    })
  },
)
