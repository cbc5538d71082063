import { describeOrchestration, uniform, type PatternSettings, type ReplyContext, type Trace } from 'longhaul'
import { patientChecks } from '../../mocks/index.ts'

// Phase 2.3: the orchestrator is killed after round 10. Sessions recover: every conversation goes on where it was.
const pattern = 'fixtures/orchestrations/session_recovery.yaml'
const orchestrator: PatternSettings = {
  store: ':memory:',
  retry: { attempts: 20 },
  retryBudget: 50,
  breaker: { failures: 1_000_000 },
}
/** What is said depends on the conversation alone, so that a run that was killed can be held against one that was not. */
const replies = ({ agent, turn }: ReplyContext): string => `${agent}, turn ${turn}`
const provider = { latency: uniform('5s', '30s'), replies }

const rounds = (trace: Trace): number =>
  trace.ofType('gather.ended').filter(({ missing }) => missing.length === 0).length

describeOrchestration('session recovery', { pattern, orchestrator, provider, checks: patientChecks }, (test) => {
  test('a restart after round 10 changes nothing of the result', async ({ start, sleep, trace, expect }) => {
    const orchestration = await start()
    while (rounds(trace) < 10) await sleep('1s')
    await orchestration.restart()
    const outcome = await orchestration.outcome()
    expect(outcome).toHaveCompleted()
    expect(outcome.result!.result).toEqual({
      rounds: 20,
      total: 60,
      last: ['analyst, turn 20', 'critic, turn 20', 'editor, turn 20'],
    })
    expect(trace.ofType('run.resumed')).toHaveLength(1)
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
    for (const name of ['analyst', 'critic', 'editor']) {
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
    await orchestration.terminateAgent('critic')
    await orchestration.restart()
    expect(await orchestration.outcome()).toHaveFailedWith(/GATHER views needs 3 answers and has 2; missing: critic/)
  })
})
