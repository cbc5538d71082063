import { describeOrchestration, uniform } from 'longhaul'

// Phase 4.1: the same work in parallel and one after another, against order statistics.
const ROUNDS = 400
const AGENTS = 4
const LOW = 2
const HIGH = 30
/** The largest of n draws from U(a, b) is a + (b - a) n / (n + 1) on average, and their sum n (a + b) / 2. */
const EXPECTED_PARALLEL = LOW + ((HIGH - LOW) * AGENTS) / (AGENTS + 1)
const EXPECTED_SEQUENTIAL = (AGENTS * (LOW + HIGH)) / 2

describeOrchestration(
  'parallel against sequential',
  {
    pattern: 'fixtures/orchestrations/parallel_against_sequential.yaml',
    vars: { max_rounds: ROUNDS },
    orchestrator: { conversationTokens: 200 },
    // Theory is about latency, not about failures: the rate is pinned.
    provider: { latency: uniform(LOW * 1_000, HIGH * 1_000), providers: { openai: { failRate: 0 } } },
  },
  (test) => {
    test('the ratio is that of theory', async ({ run, waive, expect }) => {
      waive('sequential')
      const parallel = (await run()).elapsedMs / ROUNDS / 1_000
      const sequential = (await run({ vars: { max_rounds: ROUNDS, sequential: true } })).elapsedMs / ROUNDS / 1_000
      // The means of 400 rounds are known to some 2 %: 5 % is more than two standard errors of the ratio.
      expect(Math.abs(parallel / EXPECTED_PARALLEL - 1)).toBeLessThan(0.05)
      expect(Math.abs(sequential / EXPECTED_SEQUENTIAL - 1)).toBeLessThan(0.05)
      expect(Math.abs(sequential / parallel / (EXPECTED_SEQUENTIAL / EXPECTED_PARALLEL) - 1)).toBeLessThan(0.05)
    })

    test('no needless sequential work: a round takes as long as its slowest call', async ({ run, trace, expect }) => {
      const outcome = await run({ vars: { max_rounds: 20 } })
      for (const { startedAt, endedAt } of outcome.gathers) {
        const calls = outcome.calls.filter(({ arrivedAt }) => arrivedAt >= startedAt && arrivedAt < endedAt!)
        expect(endedAt! - startedAt).toBe(Math.max(...calls.map((call) => call.endedAt! - call.arrivedAt)))
      }
      expect(trace.ofType('gather.started')).toHaveLength(20)
    })
  },
)
