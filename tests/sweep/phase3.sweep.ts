import { describeOrchestration, uniform } from 'longhaul'
import { patient, patientChecks } from '../../mocks/index.ts'

// Phase 3 over many seeds: many rounds, and pauses over a night.
describeOrchestration.sweep({ seeds: 20, failRate: [0, 0.2, 0.5] })(
  'long running, swept',
  {
    pattern: 'evolution_marathon',
    vars: { max_rounds: 20 },
    orchestrator: { ...patient, conversationTokens: 400, store: ':memory:' },
    checks: patientChecks,
    provider: { latency: uniform('30s', '95s'), replies: 'Going on.' },
  },
  (test, { seed, failRate = 0 }) => {
    test('a night in between changes nothing', async ({ start, sleep, sometimes, provider, expect }) => {
      const orchestration = await start()
      await sleep(((Number(seed) * 104_729) % 1_200) * 1_000)
      const running = Number(seed) % 2 === 0 ? 'drain' : 'cancel'
      await orchestration.suspend({ running })
      await sleep('9h')
      await orchestration.resume()
      const outcome = await orchestration.outcome()
      expect(outcome).toHaveCompleted()
      // Ten calls that hang in a row take a whole gather: with half of them hanging that happens.
      const { rounds, answered } = outcome.result!.result as { rounds: number; answered: number }
      if (failRate <= 0.2) expect(answered).toBe(rounds * 4)
      expect(provider.openCalls).toBe(0)
      sometimes('calls are waited for', running === 'drain')
      sometimes('calls are broken off', running === 'cancel')
    })
  },
)
