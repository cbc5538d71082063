import { describeOrchestration, never, uniform } from 'longhaul'
import { playing, STRATEGIES } from 'longhaul/games'

// Phase 1 over many seeds: rounds with timeouts and partial results, and what they cost.
const sweep = { seeds: 20, failRate: [0, 0.2, 0.5] }
/** What comes about in one run of forty is no failure of a sweep of a few seeds. */
const isLong = Number(process.env['LONGHAUL_SEEDS'] ?? sweep.seeds) >= 40

describeOrchestration.sweep(sweep)(
  'timeout resilience, swept',
  {
    pattern: 'timeout_resilience_test',
    provider: {
      agents: { slow_agent: { latency: uniform('20s', '30s') }, timeout_agent: { latency: never() } },
    },
    orchestrator: { retry: { attempts: 3 } },
  },
  (test, { failRate = 0 }) => {
    test('goes on with what it has', async ({ run, provider, sometimes, expect }) => {
      const outcome = await run()
      const { missing } = outcome.gather('responses')
      expect(missing).toContain('timeout_agent')
      // It has three tries, and gives up where in none of them two agents have answered, and only there.
      const tries = outcome.gathers.filter(({ name }) => name === 'responses')
      const isEnough = tries.some(({ received }) => received.length >= 2)
      expect(outcome.status).toBe(isEnough ? 'completed' : 'failed')
      expect(tries).toHaveLength(isEnough ? tries.findIndex(({ received }) => received.length >= 2) + 1 : 3)
      if (failRate === 0) expect(outcome).toHaveCompleted()
      sometimes('it goes on with two answers', isEnough)
      expect(provider.openCalls).toBe(0)
      sometimes('the slow one is waited for', !missing.includes('slow_agent'))
      if (failRate > 0 && isLong) sometimes('a fast agent is missing', missing.includes('fast_agent'))
    })
  },
)

describeOrchestration.sweep(sweep)(
  'cost tracking, swept',
  { pattern: 'cost_tracking_test', vars: { completions_each: 5 } },
  (test) => {
    test('claims what the provider bills', async ({ run, sometimes, expect }) => {
      const { result, ledger } = await run()
      const { known, uncertain } = result!.cost
      expect(known <= ledger.total.cost && ledger.total.cost <= known + uncertain).toBe(true)
      sometimes('the claim is exact', known === ledger.total.cost && uncertain === 0n)
    })
  },
)

const PLAYERS = {
  player_1: STRATEGIES.tit_for_tat,
  player_2: STRATEGIES.always_defect,
  player_3: STRATEGIES.pavlov,
  player_4: STRATEGIES.generous_tit_for_tat,
}

describeOrchestration.sweep(sweep)(
  'game theory, swept',
  {
    pattern: 'game_theory_orchestration_v2',
    vars: { max_rounds: 5 },
    provider: {
      latency: uniform('10s', '60s'),
      agents: Object.fromEntries(
        Object.entries(PLAYERS).map(([name, strategy]) => [name, { reply: playing(strategy) }]),
      ),
    },
  },
  (test) => {
    test('plays every round, with whoever has answered in time', async ({ run, provider, sometimes, expect }) => {
      const outcome = await run()
      expect(outcome).toHaveCompleted()
      expect(outcome.gathers).toHaveLength(5)
      expect(provider.openCalls).toBe(0)
      // In every round two pairs share 2 (both defect) to 6 points (both cooperate).
      const { scores } = outcome.result!.result as { scores: Record<string, number> }
      const total = Object.values(scores).reduce((sum, score) => sum + score, 0)
      expect(total).toBeGreaterThanOrEqual(20)
      expect(total).toBeLessThanOrEqual(60)
      sometimes(
        'everybody has moved in every round',
        outcome.gathers.every(({ missing }) => missing.length === 0),
      )
    })
  },
)
