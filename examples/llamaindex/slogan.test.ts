import { describeOrchestration, lognormal, type Identify, type ProviderConfig } from 'longhaul'
import { setTimeout as sleep } from 'node:timers/promises'
import { decide, propose } from './slogan.ts'

/** Who calls, by its system prompt. */
const identify: Identify = ({ messages }) => /You write (\w+)/.exec(messages[0]?.text ?? '')?.[1] ?? 'judge'
const provider: ProviderConfig = {
  identify,
  latency: lognormal({ median: '6s', p95: '20s' }),
  agents: {
    judge: { reply: 'Light, always.' },
  },
}
const agents = ['plain', 'funny', 'bold', 'judge']

/** A slogan that is proposed in the evening and decided on in the morning. */
async function night() {
  const kept = await propose('A lamp')
  await sleep(8 * 3_600_000)
  return decide(kept, true)
}

describeOrchestration('a slogan', { agents, provider, system: night }, (test) => {
  test('is asked of three writers at once', async ({ run, expect }) => {
    expect(await run()).toHaveOverlapped(['plain', 'funny', 'bold'])
  })

  test('waits eight hours for its decision, and pays nothing for it', async ({ run, expect }) => {
    const outcome = await run()
    expect(outcome.result).toEqual({ slogan: 'Light, always.', approved: true })
    expect(outcome).toHaveElapsed({ atLeast: '8h', atMost: '8h 2m' })
    expect(outcome).toHaveCalls(4)
  })
})

describeOrchestration(
  'a slogan without the funny writer',
  {
    agents,
    provider: { ...provider, agents: { ...provider.agents, funny: { failRate: 1, faults: { hang: 1 } } } },
    system: () => propose('A lamp'),
  },
  (test) => {
    test('is chosen from the others, after three tries of a minute', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome).toHaveCompleted()
      expect(outcome).toHaveCalls(3, { agent: 'funny', fault: 'disconnected' })
      expect(outcome).toHaveElapsed({ atLeast: '3m', atMost: '4m' })
    })
  },
)

describeOrchestration(
  'a slogan without a judge',
  {
    agents,
    provider: { ...provider, agents: { judge: { failRate: 1, faults: { unauthorized: 1 } } } },
    system: () => propose('A lamp'),
  },
  (test) => {
    test('is told not to be there', async ({ run, expect }) => {
      expect(await run()).toHaveFailedWith('There is no slogan: Error: 401')
    })
  },
)

describeOrchestration.sweep({ seeds: 20, failRate: 0.2, swarm: false })(
  'a slogan at a service that fails each fifth call',
  { agents, provider, system: () => propose('A lamp') },
  (test) => {
    test('is proposed, unless the judge fails three times', async ({ run, expect, sometimes }) => {
      const outcome = await run()
      const last = outcome.calls.filter(({ attempt, agent }) => attempt === 3 && agent === 'judge')
      expect(outcome.status).toBe(last.some(({ status }) => status === 'failed') ? 'failed' : 'completed')
      sometimes(
        'a call is made again',
        outcome.calls.some(({ attempt }) => attempt > 1),
      )
    })
  },
)
