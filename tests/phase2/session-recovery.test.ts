import { describeOrchestration, uniform, type PatternSettings, type Trace } from 'longhaul'
import { playing, STRATEGIES } from 'longhaul/games'
import { patientChecks } from '../../mocks/index.ts'

// Phase 2.3: the orchestrator is killed after round 10. Sessions recover: every conversation goes on where it was.
const orchestrator: PatternSettings = {
  store: ':memory:',
  retry: { attempts: 20 },
  retryBudget: 50,
  breaker: { failures: 1_000_000 },
}
/** Players without chance: what they say depends on the game alone, so that a run that was killed can be held against one that was not. */
const PLAYERS = {
  player_1: STRATEGIES.tit_for_tat,
  player_2: STRATEGIES.always_defect,
  player_3: STRATEGIES.pavlov,
  player_4: STRATEGIES.grim_trigger,
}
const provider = {
  latency: uniform('5s', '30s'),
  agents: Object.fromEntries(Object.entries(PLAYERS).map(([name, strategy]) => [name, { reply: playing(strategy) }])),
}
const vars = { max_rounds: 20, round_timeout: '2h' }

const rounds = (trace: Trace): number => trace.ofType('gather.ended').length

describeOrchestration(
  'session recovery',
  { pattern: 'game_theory_orchestration_v2', vars, orchestrator, provider, checks: patientChecks },
  (test) => {
    test('a restart after round 10 changes nothing of the result', async ({ run, start, sleep, trace, expect }) => {
      const orchestration = await start()
      while (rounds(trace) < 10) await sleep('1s')
      await orchestration.restart()
      const outcome = await orchestration.outcome()
      expect(outcome).toHaveCompleted()
      expect(outcome.result!.result).toMatchObject({ rounds: 20, stopped_by: 'the last round' })
      expect(trace.ofType('run.resumed')).toHaveLength(1)
      expect((await run()).result!.result).toEqual(outcome.result!.result)
    })

    test('no answer is paid twice, and each conversation has every turn once', async ({
      start,
      sleep,
      trace,
      expect,
    }) => {
      const orchestration = await start()
      while (rounds(trace) < 10) await sleep('1s')
      await orchestration.restart()
      const outcome = await orchestration.outcome()
      const answered = outcome.calls.filter(({ status, fault }) => status === 'ended' && fault !== 'empty')
      for (const name of Object.keys(PLAYERS)) {
        const turns = answered.filter(({ agent }) => agent === name).map(({ turn }) => turn)
        expect(turns).toEqual(Array.from({ length: 20 }, (_, index) => index + 1))
      }
      const billed = answered.reduce((sum, { cost }) => sum + BigInt(cost), 0n)
      expect(outcome.result!.cost.known).toBe(billed)
    })

    test('a budget is kept over the restart', async ({ start, sleep, trace, expect }) => {
      const orchestration = await start()
      while (rounds(trace) < 10) await sleep('1s')
      const before = trace.ofType('cost.claimed').reduce((sum, { known }) => sum + known, 0)
      await orchestration.restart()
      const { cost } = (await orchestration.outcome()).result!
      expect(Number(cost.known)).toBeGreaterThan(before)
    })

    test('an agent that was terminated before stays so', async ({ start, sleep, trace, expect }) => {
      const orchestration = await start({ vars: { max_rounds: 3 } })
      while (rounds(trace) < 1) await sleep('1s')
      await orchestration.terminateAgent('player_2')
      await orchestration.restart()
      const outcome = await orchestration.outcome()
      expect(outcome).toHaveCompleted()
      expect(outcome.result!.agents).toMatchObject({ player_1: 'alive', player_2: 'terminated' })
      expect(outcome.gathers.at(-1)!.missing).toEqual(['player_2'])
    })
  },
)
