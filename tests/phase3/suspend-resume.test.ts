import { describeOrchestration, outage, uniform, type ReplyContext } from 'longhaul'
import { patient, patientChecks } from '../../mocks/index.ts'

// Phase 3.2: suspended after two hours, gone on with the next day. And a week with an outage every day.
const orchestrator = { ...patient, store: ':memory:' }
const replies = ({ agent, turn }: ReplyContext): string => `${agent}, turn ${turn}`

describeOrchestration(
  'suspended for a night',
  {
    pattern: 'fixtures/orchestrations/session_recovery.yaml',
    vars: { max_rounds: 30, pause: '10m' },
    orchestrator,
    checks: patientChecks,
    provider: { latency: uniform('30s', '90s'), replies },
  },
  (test) => {
    test('goes on the next day as if nothing had been', async ({ start, sleep, trace, provider, expect }) => {
      const orchestration = await start()
      await sleep('2h')
      await orchestration.suspend()
      expect(provider.openCalls).toBe(0)
      const callsBefore = trace.ofType('call.arrived').length
      await sleep('22h')
      expect(trace.ofType('call.arrived')).toHaveLength(callsBefore)
      await orchestration.resume()
      const outcome = await orchestration.outcome()
      expect(outcome).toHaveCompleted()
      expect(outcome.result!.result).toMatchObject({
        total: 90,
        last: ['analyst, turn 30', 'critic, turn 30', 'editor, turn 30'],
      })
      expect(outcome).toHaveElapsed({ atLeast: '27h' })
    })

    test('a pause goes on with what was left of it', async ({ start, sleep, clock, trace, expect }) => {
      const orchestration = await start({ vars: { max_rounds: 2, pause: '1h' } })
      while (trace.ofType('gather.ended').length < 1) await sleep('1s')
      const pauseBegan = clock.now()
      await sleep('20m')
      await orchestration.suspend({ running: 'cancel' })
      await sleep('1d')
      await orchestration.resume()
      const resumed = clock.now()
      while (trace.ofType('gather.started').length < 2) await sleep('1s')
      const waited = clock.now() - resumed
      expect(resumed - pauseBegan).toBeGreaterThan(24 * 3_600_000)
      // 40 minutes were left.
      expect(Math.abs(waited - 40 * 60_000)).toBeLessThanOrEqual(2_000)
      expect(await orchestration.outcome()).toHaveCompleted()
    })

    test('calls under way are waited for, or cancelled, by choice', async ({
      start,
      sleep,
      trace,
      provider,
      expect,
    }) => {
      for (const running of ['drain', 'cancel'] as const) {
        const before = trace.ofType('call.failed').filter(({ fault }) => fault === 'disconnected').length
        const orchestration = await start({ vars: { max_rounds: 2 } })
        await sleep('10s')
        await orchestration.suspend({ running })
        expect(provider.openCalls).toBe(0)
        const cancelled = trace.ofType('call.failed').filter(({ fault }) => fault === 'disconnected').length - before
        if (running === 'cancel') expect(cancelled).toBeGreaterThan(0)
        await orchestration.resume()
        const outcome = await orchestration.outcome()
        expect(outcome.result!.result).toMatchObject({ total: 6 })
      }
    })

    test('goes back to a checkpoint that it is told', async ({ start, sleep, expect }) => {
      const orchestration = await start({ vars: { max_rounds: 3 } })
      await sleep('1m')
      await orchestration.suspend()
      await expect(orchestration.resume({ checkpoint: 'none' })).rejects.toThrow('There is no checkpoint "none".')
      await orchestration.resume()
      expect(await orchestration.outcome()).toHaveCompleted()
    })
  },
)

describeOrchestration(
  'seven days with a daily outage',
  {
    pattern: 'evolution_marathon',
    vars: { max_rounds: 168, pause: '1h' },
    orchestrator: {
      ...orchestrator,
      failover: ['claude-haiku-4-5'],
      breaker: {},
      retry: { attempts: 5 },
      conversationTokens: 400,
    },
    provider: {
      latency: uniform('10s', '60s'),
      windows: [outage({ from: '9h', for: '3h', every: '1d', service: 'openai' })],
      replies: 'Going on.',
    },
  },
  (test) => {
    test('completes every round, at the other service while one is gone', async ({ run, trace, provider, expect }) => {
      const outcome = await run()
      expect(outcome).toHaveCompleted()
      expect(outcome).toHaveElapsed({ atLeast: '7d', atMost: '9d' })
      const { complete } = outcome.result!.result as { complete: number }
      expect(complete).toBeGreaterThanOrEqual(160)
      const days = new Set(
        outcome.calls
          .filter(({ provider: service, status }) => service === 'anthropic' && status === 'ended')
          .map(({ arrivedAt }) => Math.floor(arrivedAt / 86_400_000)),
      )
      expect(days.size).toBeGreaterThanOrEqual(7)
      expect(trace.ofType('breaker.changed').some(({ state }) => state === 'closed')).toBe(true)
      expect(provider.openCalls).toBe(0)
    })
  },
)
