import { describeOrchestration, uniform, type Outcome } from 'longhaul'
import { playing, STRATEGIES } from 'longhaul/games'

// Phase 1.1: ten rounds of the iterated prisoner's dilemma among four agents. A round takes 30–60 s.
const PLAYERS = {
  player_1: STRATEGIES.tit_for_tat,
  player_2: STRATEGIES.always_defect,
  player_3: STRATEGIES.pavlov,
  player_4: STRATEGIES.generous_tit_for_tat,
}
const ROUND_TIMEOUT_MS = 90_000

describeOrchestration(
  'game theory, ten rounds of four agents',
  {
    pattern: 'game_theory_orchestration_v2',
    vars: { max_rounds: 10 },
    provider: {
      latency: uniform('30s', '60s'),
      agents: Object.fromEntries(
        Object.entries(PLAYERS).map(([name, strategy]) => [name, { reply: playing(strategy) }]),
      ),
    },
  },
  (test) => {
    const rounds = ({ gathers }: Outcome) => gathers.map(({ startedAt, endedAt }) => endedAt! - startedAt)

    test('completes all rounds, and every agent is alive at the end', async ({ run, provider, expect }) => {
      const outcome = await run()
      expect(outcome).toHaveCompleted()
      expect(outcome.result!.result).toMatchObject({ rounds: 10 })
      expect(outcome.gathers).toHaveLength(10)
      expect(new Set(Object.values(outcome.result!.agents))).toEqual(new Set(['alive']))
      expect(provider.openCalls).toBe(0)
    })

    test('a round without a failed call takes 30–60 s, and none takes twice its timeout', async ({ run, expect }) => {
      const outcome = await run()
      for (const { startedAt, endedAt } of outcome.gathers) {
        const took = endedAt! - startedAt
        expect(took).toBeLessThanOrEqual(2 * ROUND_TIMEOUT_MS)
        const asked = outcome.calls.filter(({ arrivedAt }) => arrivedAt === startedAt)
        if (asked.length < 4 || asked.some(({ status, fault }) => status !== 'ended' || fault)) continue
        expect(took).toBeGreaterThanOrEqual(30_000)
        expect(took).toBeLessThanOrEqual(60_000)
      }
    })

    test('moves are collected from everybody, or the timeout says who is missing', async ({ run, expect }) => {
      const outcome = await run()
      for (const gather of outcome.gathers) {
        expect([...gather.received, ...gather.missing].toSorted()).toEqual(Object.keys(PLAYERS))
        if (gather.missing.length > 0) expect(outcome.calls.some(({ status }) => status === 'failed')).toBe(true)
      }
    })

    test('players are asked at the same time: faster than one after another', async ({ run, waive, expect }) => {
      waive('sequential')
      const parallel = await run({ vars: { max_rounds: 5 } })
      const sequential = await run({ vars: { max_rounds: 5, sequential: true, round_timeout: '20m' } })
      expect(sequential).toHaveCompleted()
      const total = (outcome: Outcome): number => rounds(outcome).reduce((sum, ms) => sum + ms, 0)
      expect(parallel.elapsedMs * 2).toBeLessThan(total(sequential))
    })

    test('tokens and cost are tracked for each agent and in all', async ({ run, expect }) => {
      const { ledger, result } = await run()
      const { known, uncertain, byAgent } = result!.cost
      expect(ledger.total.usage.output).toBeGreaterThan(0)
      // What the services reported is exact; what they did not report is bounded.
      expect(known <= ledger.total.cost && ledger.total.cost <= known + uncertain).toBe(true)
      for (const name of Object.keys(PLAYERS)) {
        const billed = ledger.agent(name).cost
        expect(byAgent[name]!.known <= billed && billed <= byAgent[name]!.known + byAgent[name]!.uncertain).toBe(true)
      }
      if (uncertain === 0n) expect(known).toBe(ledger.total.cost)
    })

    test('the scores are those of the game', async ({ run, expect }) => {
      const { result } = await run()
      const { scores, metrics } = result!.result as {
        scores: Record<string, number>
        metrics: { cooperationRate: number; gini: number; socialWelfare: number; distanceToNash: number }
      }
      // In every round two pairs share 2 (both defect) to 6 points (both cooperate).
      const total = Object.values(scores).reduce((sum, score) => sum + score, 0)
      expect(total).toBeGreaterThanOrEqual(40)
      expect(total).toBeLessThanOrEqual(120)
      expect(metrics.socialWelfare).toBeCloseTo(total / 120)
      expect(metrics.cooperationRate).toBeLessThanOrEqual(0.75)
      expect(metrics.gini).toBeGreaterThanOrEqual(0)
    })
  },
)

describeOrchestration(
  'a player whose answers name no move',
  {
    pattern: 'game_theory_orchestration_v2',
    vars: { max_rounds: 10 },
    provider: {
      latency: uniform('30s', '60s'),
      agents: {
        player_1: { reply: playing(STRATEGIES.always_cooperate, { invalid: 1 }) },
        player_2: { reply: playing(STRATEGIES.always_cooperate) },
        player_3: { reply: playing(STRATEGIES.always_cooperate) },
        player_4: { reply: playing(STRATEGIES.always_cooperate) },
      },
    },
  },
  (test) => {
    test('is taken to defect, is named, and does not stop the others', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome).toHaveCompleted()
      const { played } = outcome.result!.variables as {
        played: { moves: Record<string, string>; invalid: string[]; missing: string[] }
      }
      expect(played.moves['player_1']).toBe('D')
      expect([...played.invalid, ...played.missing]).toContain('player_1')
      const answered = ['player_2', 'player_3', 'player_4'].filter((name) => !played.missing.includes(name))
      expect(answered.every((name) => played.moves[name] === 'C')).toBe(true)
    })
  },
)
