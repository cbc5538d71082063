import { describeOrchestration, never, uniform } from 'longhaul'
import { patientChecks } from '../../mocks/index.ts'

// Phase 2.1: an agent is terminated after five minutes. It is detected, its work is redistributed, nothing hangs.
const TASKS = Array.from({ length: 24 }, (_, index) => index + 1)
const pattern = 'multi_agent_evolution_scale'
const vars = { workers: 3, population: TASKS.length, generations: 1 }
const patient = { retry: { attempts: 10 }, retryBudget: 20, breaker: { failures: 1_000 } }

describeOrchestration(
  'agent failure',
  { pattern, vars, checks: patientChecks, orchestrator: patient, provider: { latency: uniform('40s', '80s') } },
  (test) => {
    test('the work of an agent that is terminated after five minutes is done by the others', async ({
      start,
      sleep,
      trace,
      expect,
    }) => {
      const orchestration = await start()
      await sleep('5m')
      await orchestration.terminateAgent('scale_worker_2')
      const outcome = await orchestration.outcome()
      expect(outcome).toHaveCompleted()
      const { rated, by, undone } = outcome.result!.result as { rated: number[]; by: string[]; undone: number[] }
      expect(rated.toSorted((a, b) => a - b)).toEqual(TASKS)
      expect(undone).toEqual([])
      expect(new Set(by)).toEqual(new Set(['scale_worker_1', 'scale_worker_2', 'scale_worker_3']))

      const [gone] = trace.ofType('agent.terminated')
      expect(gone).toMatchObject({ agent: 'scale_worker_2', at: 300_000 })
      const after = trace.ofType('task.assigned').filter(({ at }) => at >= 300_000)
      expect(after.some(({ agent }) => agent === 'scale_worker_2')).toBe(false)
      expect(after.some(({ instead }) => instead === 'scale_worker_2')).toBe(true)
      expect(outcome.result!.agents).toMatchObject({
        scale_worker_1: 'alive',
        scale_worker_2: 'terminated',
        scale_worker_3: 'alive',
      })
    })

    test('its running call is cancelled at once, on the wire too', async ({
      start,
      sleep,
      trace,
      provider,
      expect,
    }) => {
      const orchestration = await start()
      await sleep('5m')
      await orchestration.terminateAgent('scale_worker_2')
      await orchestration.outcome()
      const calls = trace.ofType('call.arrived').filter(({ agent }) => agent === 'scale_worker_2')
      expect(calls.every(({ at }) => at <= 300_000)).toBe(true)
      const ends = [...trace.ofType('call.ended'), ...trace.ofType('call.failed')]
      const mine = ends.filter(({ call }) => calls.some((arrived) => arrived.call === call))
      expect(mine.every(({ at }) => at <= 300_000)).toBe(true)
      expect(provider.openCalls).toBe(0)
    })

    test('when all agents are gone it ends, and says what is undone', async ({ start, sleep, expect }) => {
      const orchestration = await start()
      await sleep('5m')
      for (const agent of ['scale_worker_1', 'scale_worker_2', 'scale_worker_3'])
        await orchestration.terminateAgent(agent)
      const outcome = await orchestration.outcome()
      expect(outcome).toHaveElapsed({ atLeast: '5m', atMost: '5m1s' })
      expect((outcome.result!.result as { undone: number[] }).undone.length).toBeGreaterThan(0)
    })
  },
)

describeOrchestration(
  'a hung agent',
  {
    pattern,
    vars,
    checks: patientChecks,
    orchestrator: { ...patient, callTimeout: '2h', supervision: { hungAfter: '3m', maxRestarts: 1 } },
    provider: {
      // Calls that hang are the agent's doing here, not chance's.
      faults: { server_error: 1 },
      latency: uniform('40s', '80s'),
      agents: { scale_worker_3: { latency: never() } },
    },
  },
  (test) => {
    test('is found out by its lack of progress, started again, given up, and its work is done by others', async ({
      run,
      trace,
      expect,
    }) => {
      const outcome = await run()
      expect(outcome).toHaveCompleted()
      const { rated, by } = outcome.result!.result as { rated: number[]; by: string[] }
      expect(rated.toSorted((a, b) => a - b)).toEqual(TASKS)
      expect(by).not.toContain('scale_worker_3')
      expect(outcome.result!.agents['scale_worker_3']).toBe('given_up')
      expect(trace.ofType('agent.hung').filter(({ agent }) => agent === 'scale_worker_3')).toHaveLength(2)
      expect(trace.ofType('agent.restarted').filter(({ agent }) => agent === 'scale_worker_3')).toHaveLength(1)
    })
  },
)
