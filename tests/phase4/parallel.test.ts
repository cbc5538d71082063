import { describeOrchestration, uniform, type PatternOptions } from 'longhaul'

// Phase 4.1: the same work in parallel and one after another, against order statistics.
const ROUNDS = 400
const AGENTS = 4
const LOW = 2
const HIGH = 28
/** The largest of n draws from U(a, b) is a + (b - a) n / (n + 1) on average, and their sum n (a + b) / 2. */
const EXPECTED_PARALLEL = LOW + ((HIGH - LOW) * AGENTS) / (AGENTS + 1)
const EXPECTED_SEQUENTIAL = (AGENTS * (LOW + HIGH)) / 2

const options = (pattern: string): PatternOptions => ({
  pattern,
  vars: { rounds: ROUNDS, agent_count: AGENTS },
  orchestrator: { conversationTokens: 200 },
  // Theory is about latency, not about failures: the rate is pinned.
  provider: { latency: uniform(LOW * 1_000, HIGH * 1_000), services: { openai: { failRate: 0 } } },
})

describeOrchestration.for([
  { pattern: 'sequential_pattern', expected: EXPECTED_SEQUENTIAL },
  { pattern: 'parallel_pattern', expected: EXPECTED_PARALLEL },
])(
  '$pattern',
  ({ pattern }) => options(pattern),
  (test, { pattern, expected }) => {
    test('a round takes as long as theory says', { timeout: 120_000 }, async ({ run, waive, expect }) => {
      if (pattern === 'sequential_pattern') waive('sequential')
      const took = (await run()).elapsedMs / ROUNDS / 1_000
      // The means of 400 rounds are known to some 2 %: 5 % is more than two standard errors.
      expect(Math.abs(took / expected - 1)).toBeLessThan(0.05)
    })
  },
)

describeOrchestration('the parallel pattern', options('parallel_pattern'), (test) => {
  test('no needless sequential work: a round takes as long as its slowest call', async ({ run, trace, expect }) => {
    const outcome = await run({ vars: { rounds: 20 } })
    for (const { startedAt, endedAt } of outcome.gathers) {
      const calls = outcome.calls.filter(({ arrivedAt }) => arrivedAt >= startedAt && arrivedAt < endedAt!)
      expect(endedAt! - startedAt).toBe(Math.max(...calls.map((call) => call.endedAt! - call.arrivedAt)))
    }
    expect(trace.ofType('gather.started')).toHaveLength(20)
  })
})
