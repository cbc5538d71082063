import {
  describeOrchestration,
  uniform,
  type PatternSettings,
  type ReplyContext,
  type Trace,
  type TraceEvent,
} from 'longhaul'

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

// Twenty tries on purpose, so that a fail rate of a half is survived too.
const checks = { amplification: { attempts: 20, factor: 6 } }

describeOrchestration('session recovery', { pattern, orchestrator, provider, checks }, (test) => {
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

describeOrchestration(
  'killed at every event',
  { pattern, vars: { max_rounds: 5 }, orchestrator, provider: { ...provider, providers: { openai: { failRate: 0 } } } },
  (test) => {
    test('the result is that of the run that was not', { timeout: 120_000 }, async ({ run, start, trace, expect }) => {
      const straight = await run()
      const events = trace.length
      let crashes = 0
      for (let crashAt = 1; crashAt < events; crashAt++) {
        const orchestration = await start()
        let left = crashAt
        let killed = false
        const seen: TraceEvent[] = []
        const restarted = new Promise<void>((resolve) => {
          const stop = trace.onAppend((event) => {
            seen.push(event)
            left -= 1
            if (left !== 0 || killed) return
            killed = true
            void orchestration.restart().then(resolve, resolve)
          })
          void orchestration.outcome().then(() => {
            stop()
            resolve()
          })
        })
        const outcome = await orchestration.outcome()
        await restarted
        if (killed) crashes += 1
        expect(outcome.result!.result).toEqual(straight.result!.result)

        // An answer that was on its way when the process died is paid, lost, and asked for again: the uncertain window, which is counted.
        const arrived = new Map(seen.flatMap((event) => (event.type === 'call.arrived' ? [[event.call, event]] : [])))
        const turns = seen.flatMap((event) => {
          const call = event.type === 'call.ended' ? arrived.get(event.call) : undefined
          return call ? [`${call.agent} ${call.turn}`] : []
        })
        const twice = turns.length - new Set(turns).size
        const uncertain = seen.reduce((sum, event) => sum + (event.type === 'run.resumed' ? event.uncertain : 0), 0)
        expect(twice).toBeLessThanOrEqual(uncertain)
        expect(twice).toBeLessThanOrEqual(1)
      }
      expect(crashes).toBeGreaterThan(100)
    })
  },
)
