import { describeOrchestration } from 'longhaul'
import { setUp, votes } from './lost-vote.ts'

// Not a test of this repository: the sweep of a system with a mistake, whose report is looked at.
describeOrchestration.sweep({
  seeds: 20,
  failRate: 0.25,
  swarm: false,
  regressions: process.env['LONGHAUL_GALLERY'] ?? 'none',
})('votes', { ...setUp, system: votes }, (test) => {
  test('every round is decided', async ({ run, trace, sometimes, expect }) => {
    const outcome = await run()
    sometimes(
      'a call is retried',
      outcome.calls.some(({ attempt }) => attempt > 1),
    )
    sometimes('an agent is never asked', outcome.calls.length === 0)
    const rounds = trace.ofType('run.started')[0]!.vars['rounds']
    expect(outcome.result!.decided, 'rounds without a decision').toBe(rounds)
  })
})
