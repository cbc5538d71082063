import { describeOrchestration, outage, uniform } from 'longhaul'
import { patient, patientChecks } from '../../mocks/index.ts'

// Phase 2 over many seeds: agents die, providers fail, the process is killed.
const sweep = { seeds: 20, failRate: [0, 0.2, 0.5] }

describeOrchestration.sweep(sweep)(
  'agent failure, swept',
  {
    pattern: 'multi_agent_evolution_scale',
    vars: { workers: 3, generations: 1 },
    orchestrator: { ...patient, callTimeout: '5m' },
    checks: patientChecks,
    provider: { latency: uniform('40s', '80s') },
  },
  (test, { seed }) => {
    test('the work of an agent that dies at any moment is done by others', async ({
      start,
      sleep,
      sometimes,
      expect,
    }) => {
      const orchestration = await start()
      await sleep((Number(seed) % 20) * 30_000 + 1)
      await orchestration.terminateAgent('scale_worker_2')
      const outcome = await orchestration.outcome()
      expect(outcome).toHaveCompleted()
      sometimes(
        'work is given to another',
        outcome.trace.ofType('task.assigned').some(({ instead }) => instead !== null),
      )
    })
  },
)

describeOrchestration.sweep(sweep)(
  'provider failure, swept',
  {
    pattern: 'stress_test_decisions',
    vars: { max_rounds: 6 },
    orchestrator: { failover: ['claude-haiku-4-5'], breaker: { failures: 3, openFor: '1m' } },
    provider: { latency: uniform('2s', '10s'), windows: [outage({ from: '20s', for: '90s', service: 'openai' })] },
  },
  (test) => {
    test('goes on at the other provider', async ({ run, provider, trace, sometimes, expect }) => {
      const outcome = await run()
      expect(provider.openCalls).toBe(0)
      const states = trace.ofType('breaker.changed').map(({ state }) => state)
      sometimes('a breaker opens', states.includes('open'))
      sometimes('a breaker closes again', states.includes('closed'))
      sometimes('it completes', outcome.status === 'completed')
      sometimes(
        'the other provider answers',
        outcome.calls.some((call) => call.provider === 'anthropic' && call.status === 'ended'),
      )
    })
  },
)

describeOrchestration.sweep(sweep)(
  'session recovery, swept',
  {
    pattern: 'fixtures/orchestrations/session_recovery.yaml',
    vars: { max_rounds: 5 },
    orchestrator: { ...patient, store: ':memory:' },
    checks: patientChecks,
    provider: { latency: uniform('10s', '30s') },
  },
  (test, { seed }) => {
    test('a restart at any moment loses nothing', async ({ start, sleep, sometimes, expect }) => {
      const orchestration = await start()
      await sleep(((Number(seed) * 7_919) % 120) * 1_000)
      await orchestration.restart()
      const outcome = await orchestration.outcome()
      expect(outcome).toHaveCompleted()
      expect(outcome.result!.result).toMatchObject({ rounds: 5, total: 15 })
      sometimes(
        'calls were under way when it was killed',
        outcome.trace.ofType('run.resumed').some(({ uncertain }) => uncertain > 0),
      )
    })
  },
)
