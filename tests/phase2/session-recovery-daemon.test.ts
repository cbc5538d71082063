import { describeOrchestration, uniform, type ReplyContext } from 'longhaul'
import { daemonSystem } from 'longhaul/daemon'

// Phase 2.3 again, against the real daemon: a process of its own, killed with SIGKILL, in scaled time.
const replies = ({ agent, turn }: ReplyContext): string => `${agent.replace(/^orch_\w{8}_/, '')}, turn ${turn}`

describeOrchestration(
  'session recovery of a real daemon',
  {
    // No timeout of the daemon's may depend on how fast this machine is.
    system: daemonSystem('fixtures/orchestrations/session_recovery.yaml', {
      flags: { 'call-timeout': '10d', 'supervision-hung-after': '10d' },
    }),
    vars: { max_rounds: 12 },
    time: '100x',
    provider: { latency: uniform('1s', '5s'), replies, services: { openai: { failRate: 0 } } },
  },
  (test) => {
    test(
      'a restart after round 6 changes nothing of the result',
      { timeout: 60_000 },
      async ({ start, sleep, trace, expect }) => {
        const orchestration = await start()
        while (trace.ofType('call.ended').length < 18) await sleep('1s')
        await orchestration.restart()
        const outcome = await orchestration.outcome()
        expect(outcome).toHaveCompleted()
        expect(outcome.result!.result).toEqual({
          rounds: 12,
          total: 36,
          last: ['analyst, turn 12', 'critic, turn 12', 'editor, turn 12'],
        })
      },
    )

    test('suspended for a night, it goes on', { timeout: 60_000 }, async ({ start, sleep, trace, expect }) => {
      const orchestration = await start()
      while (trace.ofType('call.ended').length < 6) await sleep('1s')
      await orchestration.suspend()
      const calls = trace.ofType('call.arrived').length
      await sleep('5m')
      expect(trace.ofType('call.arrived')).toHaveLength(calls)
      await orchestration.resume()
      const { result, ledger } = await orchestration.outcome()
      expect(result).toMatchObject({ result: { total: 36 } })
      // The daemon tells dollars as text, and its exact cost comes out of it.
      expect(result!.cost.known).toBe(ledger.total.cost)
    })
  },
)
