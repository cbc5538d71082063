import { describeOrchestration, lognormal, never, uniform } from 'longhaul'

// Phase 1.2: the pattern of the test plan, with an agent that is slow and one that never answers.
const COLLECTION_TIMEOUT_MS = 15_000
const SINGLE_TIMEOUT_MS = 30_000

describeOrchestration(
  'timeout resilience, from its pattern',
  {
    pattern: 'timeout_resilience_test',
    orchestrator: { retry: { attempts: 6, firstDelay: '500ms' }, breaker: { failures: 1_000 } },
    provider: {
      latency: lognormal({ median: '3s', p95: '6s' }),
      agents: {
        slow_agent: { latency: uniform('20s', '28s') },
        timeout_agent: { latency: never() },
      },
    },
  },
  (test) => {
    test('completes despite timeouts, with partial results', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome).toHaveCompleted()
      expect(outcome.gather('responses')).toBePartial({
        received: ['fast_agent', 'slow_agent'],
        missing: ['timeout_agent'],
      })
      expect(outcome.result!.result).toMatchObject({
        partial: ['fast_agent', 'slow_agent'],
        missing: ['timeout_agent'],
      })
    })

    test('waits on for the two answers that it asserts, within twice its timeout', async ({ run, trace, expect }) => {
      const outcome = await run()
      for (const { startedAt, endedAt } of outcome.gathers)
        expect(endedAt! - startedAt).toBeLessThanOrEqual(2 * COLLECTION_TIMEOUT_MS)
      const started = new Map(trace.ofType('effect.started').map((event) => [event.effect, event]))
      const waits = trace.ofType('effect.ended').filter(({ effect }) => started.get(effect)!.kind === 'completion')
      expect(waits.length).toBe(3)
      for (const { effect, at } of waits)
        expect(at - started.get(effect)!.at).toBeLessThanOrEqual(2 * SINGLE_TIMEOUT_MS)
    })

    test('the slow agent is heard when it is given its time', async ({ run, expect }) => {
      const { result } = await run()
      const { answers } = result!.result as { answers: string[] }
      expect(answers).not.toContain('timeout_agent')
      expect(['fast_agent', 'slow_agent'].some((agent) => answers.includes(agent))).toBe(true)
    })

    test('nothing is left behind: no call is open, and cancelled calls were cancelled on the wire', async ({
      run,
      provider,
      trace,
      expect,
    }) => {
      await run()
      expect(provider.openCalls).toBe(0)
      const cancelled = trace.ofType('call.failed').filter(({ fault }) => fault === 'disconnected')
      expect(cancelled.length).toBeGreaterThanOrEqual(2)
    })
  },
)
