import { describeOrchestration, parseDollars, uniform } from 'longhaul'
import { patient, patientChecks } from '../../mocks/index.ts'

// Phase 5.1: a budget of $5.00. It stops, and it is never exceeded, not by a cent.
const pattern = 'game_theory_orchestration_v2'
const LONG_ANSWER = 'The findings of this round are many. '.repeat(300)
const LIMIT = parseDollars('5.00')
const vars = { budget_limit: 5.0, max_rounds: 1_000 }
const provider = { latency: uniform('5s', '40s'), replies: LONG_ANSWER }

describeOrchestration(
  'budget enforcement',
  // Patient, so that at a high fail rate the budget ends the run, and no round without an answer.
  { pattern, vars, provider, orchestrator: { ...patient, conversationTokens: 500 }, checks: patientChecks },
  (test) => {
    test('stops at $5.00, and the bill is not above it', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome).toHaveCompleted()
      expect(outcome.result!.result).toMatchObject({
        stopped_by: expect.stringContaining('The budget of $5.00 does not allow another call to gpt-4') as string,
      })
      expect(outcome).toHaveCost({ atMost: '5.00' })
      expect(outcome.result!.cost.known + outcome.result!.cost.uncertain <= LIMIT).toBe(true)
    })

    test('at no moment is more spent and under way than the limit', async ({ run, trace, expect }) => {
      await run()
      let billed = 0n
      for (const event of trace) {
        if (event.type !== 'call.ended' && event.type !== 'call.failed') continue
        billed += BigInt(event.cost)
        expect(billed <= LIMIT).toBe(true)
      }
    })

    test('does not stop long before the limit', async ({ run, expect }) => {
      const { cost } = (await run()).result!
      // Four calls' worst cases, and no more, may be left: about 7 cents each.
      expect(cost.known + cost.uncertain).toBeGreaterThan(parseDollars('4.60'))
    })

    test('keeps what it has: the rounds that were played, and their scores', async ({ run, trace, expect }) => {
      const { rounds, scores } = (await run()).result!.result as { rounds: number; scores: Record<string, number> }
      expect(rounds).toBe(trace.ofType('event.emitted').filter(({ event }) => event === 'round:played').length)
      expect(rounds).toBeGreaterThan(0)
      expect(Object.keys(scores)).toHaveLength(4)
    })

    test('only calls that might not fit are refused, and none is made after the end', async ({
      run,
      trace,
      provider: service,
      expect,
    }) => {
      await run()
      const refused = trace.ofType('budget.refused')
      expect(refused.length).toBeGreaterThan(0)
      expect(refused.every(({ worst, left }) => worst > left)).toBe(true)
      expect(trace.ofType('call.arrived').at(-1)!.seq).toBeLessThan(trace.ofType('effect.ended').at(-1)!.seq)
      expect(service.openCalls).toBe(0)
    })
  },
)

describeOrchestration(
  'a cheaper model when money gets tight',
  {
    pattern,
    provider,
    vars: { fallback_model: 'gpt-4o-mini', budget_limit: 2, max_rounds: 60 },
    orchestrator: { conversationTokens: 500, failover: ['claude-haiku-4-5'], retry: { attempts: 6 } },
  },
  (test) => {
    test('is asked from 80 % of the budget on', async ({ run, trace, expect }) => {
      const outcome = await run()
      expect(outcome).toHaveCompleted()
      expect(outcome).toHaveCost({ atMost: '2.00' })
      const replaced = trace.ofType('model.fellBack').filter(({ reason }) => reason === 'budget')
      expect(replaced.length).toBeGreaterThan(0)
      expect(outcome).toHaveCalls({ atLeast: 1 }, { model: 'gpt-4o-mini', status: 'ended' })
      const checks = trace.ofType('cost.checked')
      expect(checks.length).toBeGreaterThan(5)
      expect(checks.every(({ spent, limit }) => BigInt(spent) <= BigInt(limit!))).toBe(true)
    })
  },
)
